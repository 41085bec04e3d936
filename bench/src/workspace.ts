import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresDataFolders, startBacking } from '@kubesift/adapter-backing'

export interface Workspace {
  readonly kafkaBrokers: string
  readonly redisUrl: string
  readonly databaseUrl: string
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

type Service = 'KAFKA_BROKERS' | 'REDIS_URL' | 'DATABASE_URL'
const SERVICES: readonly Service[] = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL']

/**
 * Real services for one benchmark: those that the environment names, else ones of its own in a temporary home that goes with
 * it. What the benchmark does not need is not started. They run as in production (Redis with its append-only file each second).
 */
export const openWorkspace = async (
  needs: readonly Service[],
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Workspace> => {
  const home = mkdtempSync(join(tmpdir(), 'kubesift-bench-'))
  const unneeded = SERVICES.filter((name) => !needs.includes(name)).map((name) => [name, 'not:0'])
  // Postgres refuses root, and for another account its data may have to lie outside a temporary folder.
  const remove = (): void => {
    for (const path of [...postgresDataFolders(home), home]) {
      rmSync(path, { recursive: true, force: true })
    }
  }
  try {
    const backing = await startBacking({
      home,
      env: { ...env, ...(Object.fromEntries(unneeded) as Record<string, string>) },
      log,
      signal,
    })
    const dispose = async (): Promise<void> => {
      await backing.stop()
      remove()
    }
    const { kafkaBrokers, redisUrl, databaseUrl } = backing
    return { kafkaBrokers, redisUrl, databaseUrl, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    remove()
    throw error
  }
}
