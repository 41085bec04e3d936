import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  consumeBatches,
  createKafka,
  createProducer,
  ensureTopics,
  type Log,
} from '@kubesift/adapter-kafka'
import { BackingFailed, planBacking, type Daemon } from '@kubesift/adapter-backing'
import { defineTopic } from '@kubesift/contracts'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'

const things = defineTopic({
  topic: 'things',
  version: 1,
  type: 'dev.kubesift.things.v1',
  schema: z.object({ n: z.number().int() }),
  keyOf: ({ n }) => String(n),
  idOf: ({ n }) => String(n),
  policy: { partitions: 2, cleanup: 'delete' },
})

/** For a machine on which everything takes its time; nothing here is timed. */
const PATIENCE = { timeout: 120_000 }
const STARTS = 3

const states = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line.includes('waiting') ? 'away' : 'back'))

/** A broker of this test's own, that it may stop. */
const ownBroker = async () => {
  // Named after this worker's pid, so that the next run sweeps it up should this one be killed (`backing/native.ts`).
  const home = join(tmpdir(), `kubesift-test-${process.pid}`)
  mkdirSync(home)
  const { PATH, HOME, JAVA_HOME } = process.env
  const elsewhere = { DATABASE_URL: 'postgres://elsewhere/db', REDIS_URL: 'redis://elsewhere' }
  const plan = await planBacking({
    home,
    env: { PATH, HOME, JAVA_HOME, ...elsewhere },
    profile: 'test',
  })
  const [kafka] = plan.daemons
  if (kafka === undefined) throw new Error('no Kafka was planned')
  return {
    brokers: plan.kafkaBrokers.split(','),
    start: () => startPatiently(kafka),
    stop: () => kafka.stop(),
    [Symbol.asyncDispose]: async () => {
      await kafka.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** As the supervisor does it: what did not come up in time is started again. */
const startPatiently = async (kafka: Daemon): Promise<void> => {
  for (let left = STARTS; ; left -= 1) {
    try {
      await kafka.start()
      return
    } catch (why) {
      await kafka.stop()
      if (left === 1 || !(why instanceof BackingFailed)) throw why
    }
  }
}

test(
  'Kafka absent at the start, and gone in between, is waited for: said once each time, and nothing is lost',
  { timeout: 900_000 },
  async () => {
    await using broker = await ownBroker()
    const lines: string[] = []
    const keep = (_: object, message: string): void => void lines.push(message)
    const log: Log = { debug: () => undefined, info: keep, warn: keep, error: keep }
    const kafka = createKafka({
      brokers: broker.brokers,
      clientId: 'outage',
      topicPrefix: `${randomBytes(4).toString('hex')}-`,
      sessionTimeoutMs: 6_000,
      log,
    })
    const producer = createProducer(kafka)
    const stop = new AbortController()
    const seen = new Set<number>()
    const consumer = consumeBatches({
      kafka,
      topic: things,
      groupId: 'g',
      pollMs: 200,
      handle: (batch) => {
        for (const { value } of batch.records) seen.add(value.n)
        return Promise.resolve({ through: batch.lastOffset })
      },
    })
    const running = ensureTopics(kafka, [things], stop.signal).then(() => consumer.run(stop.signal))
    await vi.waitUntil(() => lines.length > 0, PATIENCE)
    expect(states(lines)).toEqual(['away'])
    await broker.start()
    await vi.waitUntil(() => consumer.positions().size === 2, PATIENCE)
    await producer.publish(things, [{ n: 1 }, { n: 2 }])
    await vi.waitUntil(() => seen.size === 2, PATIENCE)
    await broker.stop()
    const gone = lines.length
    await vi.waitUntil(() => consumer.reasons().length > 0, PATIENCE)
    await expect(producer.publish(things, [{ n: 3 }])).rejects.toMatchObject({ next: 'retry' })
    expect(states(lines).at(-1)).toBe('away')
    expect(states(lines.slice(gone))).not.toContain('back')
    await broker.start()
    await vi.waitUntil(() => consumer.reasons().length === 0, PATIENCE)
    await producer.publish(things, [{ n: 3 }, { n: 4 }])
    await vi.waitUntil(() => seen.size === 4 && consumer.reasons().length === 0, PATIENCE)
    const told = states(lines)
    stop.abort()
    await running
    await producer.disconnect()
    // a starved broker may go silent on its own as well: then that is said too, and never the same thing twice in a row
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(told).toEqual(told.map((_, i) => (i % 2 === 0 ? 'away' : 'back')))
    expect(told.at(-1)).toBe('back')
  },
)
