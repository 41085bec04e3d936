import { type Daemon, secretsOf } from '@kubesift/adapter-backing'
import { buildCollector, type BuildOptions } from './build-collector.ts'
import { agentDaemon, gatewayDaemon } from './collector-daemons.ts'

/** What is to run, and where. */
export interface CollectorPlanOptions extends BuildOptions {
  readonly kafkaBrokers: string
  readonly topicPrefix?: string
  /** The cluster that an agent is to watch; without it there is only the gateway. */
  readonly cluster?: { readonly name: string; readonly kubeconfig: string }
}

export interface CollectorPlan {
  /** The gateway's OTLP receiver over HTTP, without a path. */
  readonly gatewayOtlpHttp: string
  /** The gateway and then, where there is a cluster, its agent; nothing is started. */
  readonly daemons: readonly Daemon[]
}

/** The gateway of a home and, for a cluster, the agent in front of it; what is not built yet is built first. */
export const planCollector = async (options: CollectorPlanOptions): Promise<CollectorPlan> => {
  const { home, env, kafkaBrokers, topicPrefix, cluster } = options
  const gateway = await gatewayDaemon({
    home,
    env,
    kafkaBrokers,
    binary: await buildCollector('gateway', options),
    ...(topicPrefix === undefined ? {} : { topicPrefix }),
  })
  if (cluster === undefined) return { gatewayOtlpHttp: gateway.otlpHttp, daemons: [gateway.daemon] }
  const agent = await agentDaemon({
    home,
    env,
    binary: await buildCollector('agent', options),
    gatewayOtlpHttp: gateway.otlpHttp,
    clusterName: cluster.name,
    kubeconfig: cluster.kubeconfig,
    hashKey: env['KUBESIFT_HASH_KEY'] ?? secretsOf(home).collectorHashKey,
  })
  return { gatewayOtlpHttp: gateway.otlpHttp, daemons: [gateway.daemon, agent.daemon] }
}
