import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { type Daemon, makeFolder, readJsonFile, writeJsonFile } from '@kubesift/adapter-backing'
import { agentDaemon, buildCollector, gatewayDaemon } from '@kubesift/otel-collector'
import { z } from 'zod'

export interface CollectorStart {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kafkaBrokers: string
  readonly topicPrefix?: string
  /** With it the agent runs too, against that cluster. */
  readonly kubeconfig?: string
  readonly clusterName: string
  readonly log: (line: string) => void
}

export interface StartedCollector {
  /** Recorded requests are POSTed to `/v1/logs` below it. */
  readonly gatewayOtlpHttp: string
  /** Built and planned, not started: the gateway first, then the agent, for the supervisor of `up`. */
  readonly processes: readonly Daemon[]
}

/** `up --collector` and `up --kubeconfig F`: builds what is missing (once, some minutes) and says what to run. */
export const startCollector = async (options: CollectorStart): Promise<StartedCollector> => {
  const { home, env, kubeconfig, log } = options
  makeFolder(home)
  const gateway = await gatewayDaemon({
    ...options,
    binary: await buildCollector('gateway', { home, env, log }),
  })
  const { otlpHttp } = gateway
  if (kubeconfig === undefined) return { gatewayOtlpHttp: otlpHttp, processes: [gateway.daemon] }
  const agent = await agentDaemon({
    home,
    env,
    clusterName: options.clusterName,
    gatewayOtlpHttp: otlpHttp,
    kubeconfig: resolve(kubeconfig),
    hashKey: hashKeyOf(home),
    binary: await buildCollector('agent', { home, env, log }),
  })
  log(`the agent takes Alertmanager's webhook at ${agent.webhook}`)
  return { gatewayOtlpHttp: otlpHttp, processes: [gateway.daemon, agent.daemon] }
}

const HashKey = z.object({ hashKey: z.string().regex(/^[0-9a-f]{64}$/) })

/** Made once per home and never shown, so that hashes of removed values compare over restarts and cannot be guessed at. */
const hashKeyOf = (home: string): string => {
  const file = join(home, 'agent-hash-key.json')
  const known = readJsonFile(file, HashKey)
  if (known !== undefined) return known.hashKey
  const hashKey = randomBytes(32).toString('hex')
  writeJsonFile(file, { hashKey })
  return hashKey
}
