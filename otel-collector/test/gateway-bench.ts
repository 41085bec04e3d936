import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildCollector, gatewayDaemon, type Gateway } from '../src/index.ts'

/** A gateway of one test, with a home of its own. */
export interface TestGateway extends Gateway {
  readonly home: string
  readonly topic: (signal: 'logs' | 'metrics' | 'traces') => string
  /** Sends an export request and fails unless it is acknowledged. */
  readonly post: (signal: 'logs' | 'metrics' | 'traces', json: string) => Promise<void>
  readonly dispose: () => Promise<void>
}

/** A folder below the temporary one, for one test. */
export const testHome = (): string => mkdtempSync(join(tmpdir(), 'kubesift-collector-'))

/** Builds the gateway if need be, and plans one that writes under the prefix; it is not started. */
export const testGateway = async (
  kafkaBrokers: string,
  topicPrefix: string,
): Promise<TestGateway> => {
  const home = testHome()
  const env = process.env
  const binary = await buildCollector('gateway', {
    home,
    env,
    log: process.stdout.write.bind(process.stdout),
  })
  const gateway = await gatewayDaemon({ home, env, binary, kafkaBrokers, topicPrefix })
  return {
    ...gateway,
    home,
    topic: (signal) => `${topicPrefix}otel-${signal}`,
    post: (signal, json) => post(`${gateway.otlpHttp}/v1/${signal}`, json),
    dispose: async () => {
      await gateway.daemon.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const post = async (url: string, body: string): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}
