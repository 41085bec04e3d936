import { join } from 'node:path'
import { findJava } from './java.ts'
import { kafkaCached, kafkaPom } from './kafka-jars.ts'
import { MissingPrerequisite } from './missing-prerequisite.ts'
import { cacheFolder, type Env } from './places.ts'
import { postgresAccount } from './postgres-account.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { runCommand } from './run-command.ts'

/** One thing that was looked at. `advice` says what to do about it. */
export interface Finding {
  readonly name: string
  readonly level: 'ok' | 'warn' | 'fail'
  readonly text: string
  readonly advice?: string
}

/** Looks at all that Kafka, Postgres and Redis need on this machine, installs nothing and starts nothing. */
export const diagnoseBacking = async (home: string, env: Env): Promise<readonly Finding[]> => {
  const kafka = given(env, 'KAFKA_BROKERS', 'Kafka') ?? [await java(env), await maven(home, env)]
  const postgres = given(env, 'DATABASE_URL', 'Postgres') ?? [await postgresRuns(home, env)]
  const redis = given(env, 'REDIS_URL', 'Redis') ?? [await redisRuns(env)]
  return [...kafka, ...postgres, ...redis]
}

const given = (env: Env, variable: string, name: string): readonly Finding[] | undefined =>
  env[variable]
    ? [{ name, level: 'ok', text: `${variable} is set: nothing is needed here` }]
    : undefined

const java = async (env: Env): Promise<Finding> => {
  try {
    const { path, major } = await findJava(env)
    return { name: 'Java', level: 'ok', text: `${major} (${path})` }
  } catch (why) {
    return missing('Java', why)
  }
}

const maven = async (home: string, env: Env): Promise<Finding> => {
  const name = 'Kafka'
  const cache = cacheFolder(home, env)
  if (kafkaCached(cache, kafkaPom)) return { name, level: 'ok', text: `downloaded (in ${cache})` }
  const { ok, output } = await runCommand('mvn', ['-version'], { env })
  const first = output.split('\n')[0]?.replace(/\u001b\[[0-9;]*m/g, '') ?? ''
  if (ok) return { name, level: 'ok', text: `not downloaded yet; ${first} will fetch it` }
  return {
    name,
    level: 'fail',
    text: 'not downloaded yet, and there is no working `mvn` on PATH',
    advice: 'install Maven (Debian: apt-get install -y maven), or set KAFKA_BROKERS',
  }
}

const postgresRuns = async (home: string, env: Env): Promise<Finding> => {
  const account = postgresAccount()
  try {
    const native = await postgresBinaries(home, env, account)
    const { output } = await runCommand(join(native, 'bin/postgres'), ['--version'], { cwd: '/' })
    const as = account === undefined ? '' : `, runs as ${account.name}`
    return { name: 'Postgres', level: 'ok', text: `${output.trim()}${as}` }
  } catch (why) {
    return missing('Postgres', why)
  }
}

const redisRuns = async (env: Env): Promise<Finding> => {
  const { ok, output } = await runCommand('redis-server', ['--version'], { env })
  if (ok)
    return { name: 'Redis', level: 'ok', text: /v=\S+/.exec(output)?.[0].slice(2) ?? output.trim() }
  const canInstall =
    process.getuid?.() === 0 && (await runCommand('apt-get', ['--version'], { env })).ok
  return canInstall
    ? {
        name: 'Redis',
        level: 'warn',
        text: 'no redis-server on PATH',
        advice: '`up` installs it with apt-get',
      }
    : {
        name: 'Redis',
        level: 'fail',
        text: 'no redis-server on PATH',
        advice:
          'install it (Debian: sudo apt-get install -y redis-server; macOS: brew install redis), or set REDIS_URL',
      }
}

const missing = (name: string, why: unknown): Finding => {
  if (!(why instanceof MissingPrerequisite)) throw why
  return { name, level: 'fail', text: why.message }
}
