import { join } from 'node:path'
import { Daemon, livingProcess, PortBook } from '@kubesift/adapter-backing'
import { collectorFile, type CollectorName } from './build-collector.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where a Collector of ours runs and what it is told. */
export interface CollectorOptions {
  /** Queue, log, ports and run file go below it. */
  readonly home: string
  /** Of the parent; what a Collector needs to know is put over it. */
  readonly env: Env
  readonly binary: string
  /** A config file laid over ours, for what a site needs otherwise. */
  readonly overlay?: string
}

export interface GatewayOptions extends CollectorOptions {
  readonly kafkaBrokers: string
  /** Put before `otel-logs`, `otel-metrics` and `otel-traces`. */
  readonly topicPrefix?: string
}

export interface AgentOptions extends CollectorOptions {
  readonly clusterName: string
  /** The gateway's OTLP address over HTTP, without a path. */
  readonly gatewayOtlpHttp: string
  /** Undefined: the service account that the agent runs with. */
  readonly kubeconfig?: string
  /** Hex. Without one, removed values leave no hash. */
  readonly hashKey?: string
}

export interface Gateway {
  readonly daemon: Daemon
  /** `POST /v1/logs`, `/v1/metrics` and `/v1/traces` below it. */
  readonly otlpHttp: string
}

export interface Agent {
  readonly daemon: Daemon
  /** Takes Alertmanager's webhook, or any JSON. */
  readonly webhook: string
  /** Where telemetry.yaml is laid over it: the OTLP receiver over HTTP, without a path. */
  readonly otlpHttp: string
}

const READY_WITHIN_MS = 60_000
/** Long enough to hand what is under way to Kafka; what is not is in the queue on disk. */
const STOP_WITHIN_MS = 15_000

/** The gateway of one home: its ports are chosen here, everything else happens when it starts. */
export const gatewayDaemon = async (options: GatewayOptions): Promise<Gateway> => {
  const claim = portsOf('gateway', options)
  const http = await claim('otlp-http')
  const health = await claim('health')
  const env = {
    KAFKA_BROKERS: options.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: options.topicPrefix ?? '',
    KUBESIFT_GATEWAY_STATE: join(options.home, 'data/gateway'),
    KUBESIFT_GATEWAY_OTLP_HTTP_PORT: String(http),
    KUBESIFT_GATEWAY_OTLP_GRPC_PORT: String(await claim('otlp-grpc')),
    KUBESIFT_GATEWAY_HEALTH_PORT: String(health),
  }
  return {
    daemon: collectorDaemon('gateway', options, health, env),
    otlpHttp: `http://127.0.0.1:${http}`,
  }
}

/** The agent for one cluster. It ends at once where the cluster does not answer: start it again until it does. */
export const agentDaemon = async (options: AgentOptions): Promise<Agent> => {
  const claim = portsOf('agent', options)
  const health = await claim('health')
  const webhook = await claim('webhook')
  const otlp = await claim('otlp-http')
  const { kubeconfig, hashKey } = options
  const env = {
    KUBESIFT_CLUSTER_NAME: options.clusterName,
    KUBESIFT_GATEWAY_ENDPOINT: options.gatewayOtlpHttp,
    KUBESIFT_AGENT_STATE: join(options.home, 'data/agent'),
    KUBESIFT_AGENT_HEALTH_PORT: String(health),
    KUBESIFT_AGENT_WEBHOOK_PORT: String(webhook),
    KUBESIFT_AGENT_OTLP_HTTP_PORT: String(otlp),
    KUBESIFT_AGENT_OTLP_GRPC_PORT: String(await claim('otlp-grpc')),
    ...(kubeconfig === undefined
      ? {}
      : { KUBESIFT_AGENT_AUTH: 'kubeConfig', KUBECONFIG: kubeconfig }),
    ...(hashKey === undefined ? {} : { KUBESIFT_HASH_KEY: hashKey }),
  }
  return {
    daemon: collectorDaemon('agent', options, health, env),
    webhook: `http://127.0.0.1:${webhook}/events`,
    otlpHttp: `http://127.0.0.1:${otlp}`,
  }
}

const runFileOf = (name: CollectorName, home: string): string => join(home, `run/${name}.json`)

const portsOf = (
  name: CollectorName,
  { home, env }: CollectorOptions,
): ((port: string) => Promise<number>) => {
  const ports = new PortBook(home, env)
  const alive = livingProcess(runFileOf(name, home)) !== undefined
  return (port) => ports.claim(`${name}-${port}`, alive)
}

const collectorDaemon = (
  name: CollectorName,
  { home, env, binary, overlay }: CollectorOptions,
  healthPort: number,
  own: Env,
): Daemon =>
  new Daemon({
    name,
    runFile: runFileOf(name, home),
    logFile: join(home, `logs/${name}.log`),
    prepare: () =>
      Promise.resolve({
        command: binary,
        args: [
          collectorFile(name, 'config.yaml'),
          ...(overlay === undefined ? [] : [overlay]),
        ].flatMap((file) => ['--config', file]),
        cwd: home,
        env: { ...env, ...own },
      }),
    ready: async () => (await fetch(`http://127.0.0.1:${healthPort}/`)).ok,
    readyWithinMs: READY_WITHIN_MS,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  })
