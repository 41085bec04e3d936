import { randomBytes } from 'node:crypto'
import { createKafka, createProducer, ensureTopics, type Kafka } from '@kubesift/adapter-kafka'
import { incidentContexts, OTEL_LOGS, otelPolicy, signals } from '@kubesift/contracts'
import { startPipeline, untilReady, type Pipeline } from '@kubesift/e2e'
import { ConsumerProcess, type ConsumerKind } from './consumer-process.ts'
import { takeTurns, timesAsFast, type Measured } from './interleaved.ts'
import { ServiceTurns, type ServiceCost } from './service-turns.ts'
import { ALL_DISTINCT, Storm, STORM, type StormShape } from './storm.ts'
import type { Workspace } from './workspace.ts'

export interface ContextBuilderPlan {
  readonly rounds: number
  readonly warmUpRounds: number
  /** CPU that each bare consumer uses in its turn, at least. */
  readonly roundCpuMs: number
}

export const CONTEXT_BUILDER_PLAN: ContextBuilderPlan = {
  rounds: 5,
  warmUpRounds: 2,
  roundCpuMs: 1_000,
}

export interface ContextBuilderWorkload {
  readonly name: string
  readonly recordsPerTurn: number
  readonly bytesPerRecord: number
  readonly measured: readonly Measured[]
  /** Ours over protobufjs static, each in the same consumer. */
  readonly decoderOverProtobufjs: number
  /** Records per CPU-second of the service over all its turns together. */
  readonly serviceRate: number
  /** The aim of the issue: the service, over all its turns, over the consumer that only decodes. */
  readonly serviceOverDecoding: number
  /** The decoding consumer over its double in another process, and the service over its own second turn: the noise. */
  readonly consumerNoise: number
  readonly serviceNoise: number
  /** CPU of the two processes in the measured turns of the service, and what they published. */
  readonly costs: readonly ServiceCost[]
}

export const BARE = 'bare consumer (kafkajs eachBatch)'
export const DECODING = 'bare consumer + our decoder'
const DECODING_AGAIN = 'bare consumer + our decoder (A/A)'
const PROTOBUFJS = 'bare consumer + protobufjs static'
const PROTOBUFJS_PLAIN = 'bare consumer + protobufjs static + plain records'
const SERVICE = 'whole service (normalise + assemble)'
const SERVICE_AGAIN = 'whole service (A/A)'

const CONSUMERS: readonly (readonly [string, ConsumerKind])[] = [
  [BARE, 'bare'],
  [DECODING, 'kubesift'],
  [PROTOBUFJS, 'protobufjs'],
  [PROTOBUFJS_PLAIN, 'protobufjs-plain'],
  [DECODING_AGAIN, 'kubesift'],
]

export interface Workload {
  readonly name: string
  readonly shape: StormShape
  /** What one turn of the service takes in, and what the consumers read again and again. */
  readonly messages: number
}

/**
 * A turn is as long as memory allows: the shorter it is, the more of what is counted is a process that compiles and waits. Of distinct
 * Events all are kept, so there a turn has fewer.
 */
export const WORKLOADS: readonly Workload[] = [
  { name: 'storm, 95 % repeats', shape: STORM, messages: 4_800 },
  { name: 'all distinct, 1 % of them open a context', shape: ALL_DISTINCT, messages: 1_200 },
]

const kafkaAt = (brokers: string, topicPrefix: string): Kafka =>
  createKafka({ brokers: brokers.split(','), clientId: 'bench', topicPrefix })

/** One workload: the consumers read the same recorded topic again and again, the service new records of the same storm. */
export const benchWorkload = async (
  workload: Workload,
  workspace: Workspace,
  plan: ContextBuilderPlan,
  signal: AbortSignal,
): Promise<ContextBuilderWorkload> => {
  const { name, shape, messages } = workload
  const id = `bench${randomBytes(4).toString('hex')}`
  const written = await writeTopic(workspace, `${id}-read-`, workload)
  const consumers = CONSUMERS.map(([label, kind], i) => ({
    label,
    process: new ConsumerProcess({
      kind,
      brokers: workspace.kafkaBrokers.split(','),
      topicPrefix: `${id}-read-`,
      groupId: `reader-${i}`,
      messages,
      partitions: otelPolicy.partitions,
      recordsPerMessage: shape.recordsPerMessage,
    }),
  }))
  let service: Service | undefined
  try {
    service = await startService(workspace, `${id}-`, workload)
    const { take, turns } = service
    const measured = await takeTurns(
      [
        ...consumers.map(({ label, process }) => ({
          name: label,
          take: () => process.turn(plan.roundCpuMs),
        })),
        { name: SERVICE, take },
        { name: SERVICE_AGAIN, take },
      ],
      plan,
      signal,
    )
    return summary(name, measured, {
      recordsPerTurn: messages * shape.recordsPerMessage,
      bytesPerRecord: written / (messages * shape.recordsPerMessage),
      costs: turns.costs.slice(2 * plan.warmUpRounds),
    })
  } finally {
    await Promise.all(consumers.map(({ process }) => process.stop()))
    await service?.stop()
  }
}

const summary = (
  name: string,
  measured: readonly Measured[],
  rest: Pick<ContextBuilderWorkload, 'recordsPerTurn' | 'bytesPerRecord' | 'costs'>,
): ContextBuilderWorkload => {
  const of = (label: string): Measured | undefined => measured.find((m) => m.name === label)
  return {
    name,
    ...rest,
    measured,
    decoderOverProtobufjs: timesAsFast(of(DECODING), of(PROTOBUFJS)),
    serviceRate: rateOfAll(rest),
    serviceOverDecoding: rateOfAll(rest) / (of(DECODING)?.recordsPerCpuSecond ?? NaN),
    consumerNoise: timesAsFast(of(DECODING_AGAIN), of(DECODING)),
    serviceNoise: timesAsFast(of(SERVICE_AGAIN), of(SERVICE)),
  }
}

/** Over all turns together: what the service does only every few seconds (publishing counts) would be missing from a median. */
const rateOfAll = ({
  recordsPerTurn,
  costs,
}: Pick<ContextBuilderWorkload, 'recordsPerTurn' | 'costs'>): number => {
  const ms = costs.reduce((sum, { normaliseMs, assembleMs }) => sum + normaliseMs + assembleMs, 0)
  return (recordsPerTurn * costs.length * 1000) / ms
}

/** The topic that the bare consumers read; answers its bytes. */
const writeTopic = async (
  { kafkaBrokers }: Workspace,
  topicPrefix: string,
  { shape, messages: count }: Workload,
): Promise<number> => {
  const kafka = kafkaAt(kafkaBrokers, topicPrefix)
  await ensureTopics(kafka, [{ topic: OTEL_LOGS, policy: otelPolicy }])
  const producer = createProducer(kafka)
  const now = Date.now()
  const messages = new Storm(shape, 'bench', now - 600_000).messages(count, now)
  await producer.publishRaw(
    OTEL_LOGS,
    messages.map((value, i) => ({ value, partition: i % otelPolicy.partitions })),
  )
  await producer.disconnect()
  return messages.reduce((sum, { length }) => sum + length, 0)
}

interface Service {
  readonly take: () => Promise<number>
  readonly turns: ServiceTurns
  readonly stop: () => Promise<void>
}

const startService = async (
  workspace: Workspace,
  topicPrefix: string,
  { shape, messages }: Workload,
): Promise<Service> => {
  const kafka = kafkaAt(workspace.kafkaBrokers, topicPrefix)
  await ensureTopics(kafka, [{ topic: OTEL_LOGS, policy: otelPolicy }, signals, incidentContexts])
  const pipeline: Pipeline = await startPipeline({ ...workspace, topicPrefix }, SERVICE_ENV, [
    'normalise',
    'assemble',
  ])
  const turns = new ServiceTurns({
    kafka,
    pipeline,
    messages,
    partitions: otelPolicy.partitions,
    recordsPerMessage: shape.recordsPerMessage,
  })
  const stop = async (): Promise<void> => {
    await turns.close()
    await pipeline.stop()
  }
  try {
    await turns.connect()
    await untilReady(pipeline.stages.normalise)
    await untilReady(pipeline.stages.assemble)
  } catch (error) {
    await stop()
    throw error
  }
  const began = Date.now() - 600_000
  const storm = new Storm(shape, 'bench', began)
  let turn = 0
  // Where every Event is another one, so is the cluster of each turn: what piles up in an hour must not be met in a minute.
  const next = (): Storm =>
    shape.repeats > 0 ? storm : new Storm(shape, `bench-${(turn += 1)}`, began, turn)
  return { take: () => turns.turn(next()), turns, stop }
}

/** The settings of production where the tests have shorter ones; a suspended process keeps its partitions. */
const SERVICE_ENV = {
  KAFKA_SESSION_TIMEOUT_MS: '60000',
  PROGRESS_MS: '1000',
  PROGRESS_IDLE_MS: '5000',
  REFRESH_MS: '10000',
  LOG_LEVEL: 'warn',
  // For profiles: `--cpu-prof --cpu-prof-dir=…`.
  NODE_OPTIONS: process.env['KUBESIFT_BENCH_NODE_OPTIONS'] ?? '',
}
