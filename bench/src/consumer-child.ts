import process from 'node:process'
import { createKafka } from '@kubesift/adapter-kafka'
import { readLogs } from '@kubesift/adapter-otlp'
import { OTEL_LOGS } from '@kubesift/contracts'
import { plainRecords, protobufjsDecoder } from './protobufjs-logs.ts'

/** What is done with each message besides fetching it. */
export type ConsumerKind = 'bare' | 'kubesift' | 'protobufjs' | 'protobufjs-plain'

/** Sent as the one argument of the process. */
export interface ConsumerOrder {
  readonly kind: ConsumerKind
  readonly brokers: readonly string[]
  readonly topicPrefix: string
  readonly groupId: string
  readonly messages: number
  readonly partitions: number
  readonly recordsPerMessage: number
}

export interface ConsumerTurn {
  readonly records: number
  /** User and system time of this process, garbage collection included. */
  readonly usedMs: number
}

const order = JSON.parse(process.argv[2] ?? '') as ConsumerOrder

const workOf = (kind: ConsumerKind): ((value: Buffer) => number) => {
  const decode = protobufjsDecoder()
  const works: Record<ConsumerKind, (value: Buffer) => number> = {
    bare: () => order.recordsPerMessage,
    kubesift: (value) => readLogs(value).records.length,
    protobufjs: (value) => decode(value).resourceLogs.length,
    'protobufjs-plain': (value) => plainRecords(decode(value)).length,
  }
  return works[kind]
}

const work = workOf(order.kind)
const kafka = createKafka({
  brokers: order.brokers,
  clientId: `bench-${order.kind}`,
  topicPrefix: order.topicPrefix,
})
const topic = kafka.named(OTEL_LOGS)
const partitions = Array.from({ length: order.partitions }, (_, partition) => partition)
// kafkajs itself, with nothing of ours around it: the floor.
const consumer = kafka.client.consumer({
  groupId: kafka.named(order.groupId),
  sessionTimeout: 30_000,
  maxWaitTimeInMs: 200,
  allowAutoTopicCreation: false,
})

interface Running {
  readonly cpuMs: number
  readonly began: NodeJS.CpuUsage
  messages: number
  records: number
  readonly done: (turn: ConsumerTurn) => void
}

let running: Running | undefined

const fromTheStart = (): void => {
  for (const partition of partitions) consumer.seek({ topic, partition, offset: '0' })
}

const passed = (turn: Running): void => {
  if (turn.messages % order.messages !== 0) return
  const { user, system } = process.cpuUsage(turn.began)
  const usedMs = (user + system) / 1000
  if (usedMs < turn.cpuMs) return fromTheStart()
  running = undefined
  consumer.pause([{ topic }])
  turn.done({ records: turn.records, usedMs })
}

await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })
const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
await consumer.run({
  autoCommit: false,
  eachBatch: ({ batch }) => {
    if (running === undefined) return Promise.resolve()
    for (const { value } of batch.messages) {
      if (value !== null) running.records += work(value)
      running.messages += 1
    }
    passed(running)
    return Promise.resolve()
  },
})
await joined
consumer.pause([{ topic }])

process.on('message', ({ cpuMs }: { readonly cpuMs: number }) => {
  running = {
    cpuMs,
    began: process.cpuUsage(),
    messages: 0,
    records: 0,
    done: (turn) => process.send?.(turn),
  }
  fromTheStart()
  consumer.resume([{ topic }])
})
process.on('SIGTERM', () => void consumer.disconnect().then(() => process.exit(0)))
process.on('disconnect', () => process.exit(0))
