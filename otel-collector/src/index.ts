export {
  buildCollector,
  type BuildOptions,
  collectorFile,
  type CollectorName,
} from './build-collector.ts'
export {
  type Agent,
  agentDaemon,
  type AgentOptions,
  type Gateway,
  gatewayDaemon,
  type GatewayOptions,
} from './collector-daemons.ts'
export { planCollector, type CollectorPlan, type CollectorPlanOptions } from './plan-collector.ts'
