import {
  consumeBatches,
  createKafka,
  createProducer,
  ensureTopics,
  kafkaOptions,
  type Kafka,
  type Producer,
} from '@kubesift/adapter-kafka'
import { checkDurable, connectRedis, ensureConnected, StateStore } from '@kubesift/adapter-redis'
import { loadCatalogue, loadIgnores } from '@kubesift/adapter-rules'
import { readSignals } from '@kubesift/adapter-signals'
import {
  clusters,
  nextStep,
  otelPolicy,
  otelTopics,
  incidentContexts,
  signals,
  type Catalogue,
  tooLate,
} from '@kubesift/contracts'
import { Classifier } from '@kubesift/core-context'
import {
  Health,
  stateLog,
  type Logger,
  type Loop,
  type RuntimeEnv,
  type ServiceOptions,
} from '@kubesift/runtime'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Assembler } from './assemble/assembler.ts'
import { LostState } from './assemble/lost-state.ts'
import { RebuildProgress } from './assemble/rebuild-progress.ts'
import type { Config } from './config.ts'
import { intake } from './intake/intake.ts'
import { AssembleFacts, IntakeFacts } from './facts.ts'
import { normalisers, type Half } from './normalise/normaliser.ts'

const SHIPPED_IGNORES = fileURLToPath(new URL('../../../rules/ignore', import.meta.url))
const SHIPPED_RULES = fileURLToPath(new URL('../../../rules/problems', import.meta.url))

/**
 * Partitions of `signals` that are worked on at the same time: while one waits for Redis or the broker, which a namespace with much to say
 * does for long, others go on.
 */
const PARTITIONS_AT_ONCE = 4

interface Wiring {
  readonly config: Config
  readonly log: Logger
  readonly kafka: Kafka
  readonly producer: Producer
  readonly health: Health
}

/** Waits for Redis to be there and checks once that it is set up to keep what it is given. */
const redisReady = async (
  redis: ReturnType<typeof connectRedis>,
  { config, log }: Wiring,
  signal: AbortSignal,
): Promise<void> => {
  const state = stateLog(log, 'redis')
  while (!signal.aborted) {
    try {
      await ensureConnected(redis)
      if (!config.REDIS_ALLOW_VOLATILE && (await checkDurable(redis)) === 'unknown') {
        log.warn(
          'redis does not tell its settings; it must have appendonly yes and maxmemory-policy noeviction',
        )
      }
      return state.up()
    } catch (error) {
      if (nextStep(error) !== 'retry') throw error
      state.down(error instanceof Error ? error.message : String(error))
      await sleep(500, undefined, { signal }).catch(() => undefined)
    }
  }
}

const assemblerOf = (
  { config, kafka, producer, health, log }: Wiring,
  redis: ReturnType<typeof connectRedis>,
  catalogue: Catalogue,
): Assembler => {
  const store = new StateStore(redis, `kubesift:${config.KAFKA_TOPIC_PREFIX}`)
  const classifier = new Classifier(catalogue, loadIgnores(config.IGNORE_RULES ?? SHIPPED_IGNORES))
  const rebuilds = new RebuildProgress()
  health.report('rebuilds', () => rebuilds.report())
  const facts = new AssembleFacts()
  facts.watchRebuilds(() => rebuilds.unfinished)
  const lost = new LostState({
    kafka,
    store,
    classifier,
    latenessMs: config.ALLOWED_LATENESS_MS,
    rebuilds,
    now: Date.now,
    log,
  })
  return new Assembler({
    store,
    restore: (claim) => lost.restore(claim),
    rebuilt: (partition, epoch) =>
      log.info({ partition, epoch }, 'the state of this partition is whole again'),
    producer,
    facts,
    rebuilds,
    classifier,
    cachedNamespaces: config.CACHED_NAMESPACES,
    retireAfterMs: config.RETIRE_AFTER_MS,
    latenessMs: config.ALLOWED_LATENESS_MS,
    blindMs: config.BLIND_AFTER_MS,
    refreshMs: config.REFRESH_MS,
    suspiciousPauseMs: config.KAFKA_SESSION_TIMEOUT_MS / 2,
    setAside: (key, why) => log.error({ key }, `a context was set aside: ${why}`),
  })
}

const assembler = (wiring: Wiring, catalogue: Catalogue): Half => {
  const { config, kafka, producer, health, log } = wiring
  const redis = connectRedis(config.REDIS_URL)
  redis.on('error', (error: Error) => log.debug({ err: error }, 'redis connection'))
  const held = assemblerOf(wiring, redis, catalogue)
  const consumer = consumeBatches({
    kafka,
    topic: signals.topic,
    decode: readSignals,
    groupId: `${config.KAFKA_GROUP_ID}-assemble`,
    stage: 'assemble',
    batchMax: config.BATCH_MAX,
    concurrency: PARTITIONS_AT_ONCE,
    producer,
    progress: health.progress('assemble'),
    onAssigned: (partition) => held.assigned(partition),
    onRevoked: (partitions) => held.revoked(partitions),
    handle: (batch) => held.handle(batch),
  })
  return {
    loops: {
      assemble: async (signal) => {
        await redisReady(redis, wiring, signal)
        try {
          await consumer.run(signal)
        } finally {
          redis.disconnect()
        }
      },
    },
    ready: () => [
      ...consumer.reasons(),
      ...(redis.status === 'ready' ? [] : [`redis is ${redis.status}`]),
    ],
  }
}

/** What the role `intake` listens on where no port is named. */
const DEFAULT_INTAKE_PORT = 8089

const intakes = ({ config, producer, log }: Wiring): Half[] => {
  const { CONTEXT_BUILDER_ROLE: role, INTAKE_HOST: host, INTAKE_TOKEN: token } = config
  const port = config.INTAKE_PORT ?? (role === 'intake' ? DEFAULT_INTAKE_PORT : undefined)
  if (port === undefined || role === 'assemble') return []
  const settings = { host, port, token, maxBytes: config.INTAKE_BODY_BYTES }
  const { loop, ready } = intake(settings, {
    producer,
    log,
    facts: new IntakeFacts(),
    now: Date.now,
  })
  return [{ loops: { intake: loop }, ready }]
}

/** The topics that this service reads and writes, made where they are missing. */
const topicsLoop =
  ({ kafka, log }: Wiring): ((signal: AbortSignal) => Promise<void>) =>
  async (signal) => {
    const raw = otelTopics.map((topic) => ({ topic, policy: otelPolicy }))
    const { created, differences } = await ensureTopics(
      kafka,
      [...raw, signals, incidentContexts, clusters, tooLate],
      signal,
    )
    if (created.length > 0) log.info({ created }, 'created topics')
    for (const d of differences)
      log.warn(
        d,
        `topic ${d.topic}: ${d.setting} is ${d.found}, our contract says ${d.wanted}; left as it is`,
      )
  }

/** The service as a function of its configuration: which loops run, and when it is ready. */
export const contextBuilder = (config: Config & RuntimeEnv, log: Logger): ServiceOptions => {
  const kafka = createKafka(kafkaOptions(config, { clientId: 'context-builder', log }))
  const producer = createProducer(kafka)
  const health = new Health(config.STALL_TIMEOUT_MS)
  const wiring: Wiring = { config, log, kafka, producer, health }
  const role = config.CONTEXT_BUILDER_ROLE
  const catalogue = (): Catalogue => loadCatalogue(config.RULES_DIR ?? SHIPPED_RULES)
  const halves = [
    ...(role === 'normalise' || role === 'both'
      ? normalisers({ ...wiring, metricRules: catalogue().metrics ?? [] })
      : []),
    ...(role === 'assemble' || role === 'both' ? [assembler(wiring, catalogue())] : []),
    ...intakes(wiring),
  ]
  const prepare = topicsLoop(wiring)
  let prepared: Promise<void> | undefined
  const after =
    (loop: Loop): Loop =>
    async (signal) => {
      prepared ??= prepare(signal)
      await prepared
      await loop(signal)
    }
  const loops = Object.entries(
    Object.assign({}, ...halves.map((h) => h.loops)) as Record<string, Loop>,
  )
  return {
    name: 'context-builder',
    config,
    log,
    health,
    loops: Object.fromEntries(loops.map(([name, loop]) => [name, after(loop)])),
    ready: () => halves.flatMap((h) => h.ready()),
  }
}
