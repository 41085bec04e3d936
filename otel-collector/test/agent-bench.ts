import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testBacking } from '@kubesift/testing'
import { agentDaemon, buildCollector, type Agent } from '../src/index.ts'
import { testGateway, testHome } from './gateway-bench.ts'
import { KubeApi } from './kube-api.ts'
import { createTopics, readTopic } from './topic.ts'

export const CLUSTER = 'recorded-cluster'

type Signal = 'logs' | 'metrics' | 'traces'

/** A cluster's API, an agent that reads it, the gateway and the topic at the end: all real but the API. */
export interface AgentBench {
  readonly api: KubeApi
  readonly agent: Agent
  /** What has reached the topic, once it is enough. */
  readonly arrived: (
    enough: (values: readonly Buffer[]) => boolean,
    signal?: Signal,
  ) => Promise<readonly Buffer[]>
  readonly dispose: () => Promise<void>
}

export interface AgentBenchOptions {
  readonly hashKey?: string
  readonly overlay?: string
  readonly pullInterval?: string
  /** Laid over the environment of the agent, once the API is there. */
  readonly env?: (api: string) => Readonly<Record<string, string>>
}

/** Everything but the agent is started; its API is still empty. */
export const agentBench = async ({
  pullInterval,
  overlay,
  env: more = () => ({}),
  ...options
}: AgentBenchOptions): Promise<AgentBench> => {
  const backing = await testBacking()
  const gateway = await testGateway(backing.kafkaBrokers, backing.topicPrefix)
  await createTopics(
    backing.kafkaBrokers,
    (['logs', 'metrics', 'traces'] as const).map((signal) => gateway.topic(signal)),
  )
  await gateway.daemon.start()
  const api = new KubeApi()
  const home = testHome()
  const kubeconfig = join(home, 'kubeconfig.json')
  const address = await api.listen()
  writeFileSync(kubeconfig, kubeconfigFor(address))
  const overlayFile = join(home, 'overlay.yaml')
  if (overlay !== undefined) writeFileSync(overlayFile, overlay)
  const env = { ...process.env, KUBESIFT_PULL_INTERVAL: pullInterval ?? '1h', ...more(address) }
  const binary = await buildCollector('agent', { home, env, log: () => undefined })
  const agent = await agentDaemon({
    ...options,
    ...(overlay === undefined ? {} : { overlay: overlayFile }),
    home,
    env,
    binary,
    kubeconfig,
    clusterName: CLUSTER,
    gatewayOtlpHttp: gateway.otlpHttp,
  })
  return {
    api,
    agent,
    arrived: (enough, signal = 'logs') =>
      readTopic(backing.kafkaBrokers, gateway.topic(signal), enough),
    dispose: async () => {
      await agent.daemon.stop()
      await api.close()
      await gateway.dispose()
      await backing.dispose()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export const kubeconfigFor = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'stand-in', cluster: { server } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'stand-in', user: 'nobody' } }],
    'current-context': 'test',
  })
