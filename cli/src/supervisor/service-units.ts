import {
  BackingFailed,
  cacheFolder,
  Daemon,
  type BackingPlan,
  type PortBook,
} from '@kubesift/adapter-backing'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** One process of ours: which service, and what only this process is told. */
interface ServiceProcess {
  readonly name: string
  readonly service: string
  readonly env?: Env
}

/** In the order of the flow; they are stopped in the reverse of it. */
const processes: readonly ServiceProcess[] = [
  { name: 'incident-store', service: 'incident-store' },
  { name: 'ai-analyst', service: 'ai-analyst' },
  { name: 'notifier', service: 'notifier' },
  { name: 'assemble', service: 'context-builder', env: { CONTEXT_BUILDER_ROLE: 'assemble' } },
  { name: 'normalise', service: 'context-builder', env: { CONTEXT_BUILDER_ROLE: 'normalise' } },
]

export interface ServicePlace {
  readonly root: string
  readonly home: string
  readonly env: Env
  readonly ports: PortBook
  readonly backing: BackingPlan
}

export interface PlannedService {
  readonly daemon: Daemon
  readonly healthPort: number
  readonly address?: string
}

/** The service processes, each with its ports; nothing is started. */
export const planServices = async (
  place: ServicePlace,
): Promise<{ readonly services: readonly PlannedService[]; readonly grpcUrl: string }> => {
  const grpcUrl = `127.0.0.1:${await place.ports.claim('grpc')}`
  const services: PlannedService[] = []
  for (const one of processes) {
    const healthPort = await place.ports.claim(`${one.name}-health`)
    const daemon = serviceDaemon(one, place, healthPort, grpcUrl)
    services.push({
      daemon,
      healthPort,
      ...(one.service === 'incident-store' ? { address: grpcUrl } : {}),
    })
  }
  return { services, grpcUrl }
}

/** As in the image: room for what one batch has in hand, which else is copied again and again while it lives. */
const NODE_ARGUMENTS = ['--enable-source-maps', '--max-semi-space-size=64']

const serviceDaemon = (
  one: ServiceProcess,
  place: ServicePlace,
  healthPort: number,
  grpcUrl: string,
): Daemon => {
  const { root, home, env, backing } = place
  const main = join(root, 'services', one.service, 'dist/main.js')
  return new Daemon({
    name: one.name,
    runFile: join(home, 'run', `${one.name}.json`),
    logFile: join(home, 'logs', `${one.name}.log`),
    prepare: () => {
      if (!existsSync(main))
        throw new BackingFailed(`${main} is missing: the build did not make it`)
      return Promise.resolve({
        command: process.execPath,
        args: [...NODE_ARGUMENTS, main],
        cwd: root,
        env: {
          // compiled once, not at each start: a third of what starting a service takes
          NODE_COMPILE_CACHE: join(cacheFolder(home, env), 'node'),
          ...env,
          ...one.env,
          KAFKA_BROKERS: backing.kafkaBrokers,
          DATABASE_URL: backing.databaseUrl,
          REDIS_URL: backing.redisUrl,
          HEALTH_PORT: String(healthPort),
          GRPC_URL: grpcUrl,
        },
      })
    },
    ready: () => saysReady(healthPort),
    // a service that waits for Kafka waits as long as it takes: killing it would not bring Kafka back
    readyWithinMs: Number.POSITIVE_INFINITY,
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
  })
}

const saysReady = async (healthPort: number): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`, {
    signal: AbortSignal.timeout(3_000),
  })
  await answer.body?.cancel()
  return answer.ok
}
