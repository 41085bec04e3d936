import { consumeBatches, createKafka, ensureTopics } from '@kubesift/adapter-kafka'
import { incidents, notifications, type Notification } from '@kubesift/contracts'
import { expect, test, vi } from 'vitest'
import {
  aMemory,
  anIncident,
  resolved,
  theNotifiers,
  webhookTo,
  type TestNotifiers,
} from './testing/a-notifier.ts'
import { aReceiver } from './testing/a-receiver.ts'

const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitUntil(check, { timeout: 30_000, interval: 25 })

const ended = async ({ sql }: TestNotifiers, n: number) => {
  const look = () =>
    sql<{ key: string; channel: string; status: string; attempts: number }>(
      `select key, channel, status, attempts from delivery where status <> 'waiting' order by seq`,
    )
  await until(async () => (await look()).length >= n)
  return look()
}

/** The schema and the topics are there, and nothing runs. */
const prepared = async (at: TestNotifiers): Promise<void> => {
  const stop = at.start()
  await until(async () => {
    const [row] = await at.sql<{ there: boolean }>(
      `select to_regclass('delivery') is not null as there`,
    )
    return row?.there === true
  })
  await stop()
}

const kafkaOf = ({ backing }: TestNotifiers) =>
  createKafka({
    brokers: [backing.kafkaBrokers],
    clientId: 'look',
    topicPrefix: backing.topicPrefix,
  })

test('one message per opened and resolved group, once, however often its documents come', async () => {
  await using at = await theNotifiers()
  await using receiver = await aReceiver()
  at.start({ channels: [webhookTo(receiver)] })
  await ensureTopics(kafkaOf(at), [incidents])
  const first = anIncident(1, {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  })
  await at.publish(first, first, { ...first, revision: 2, occurrenceCount: 99 }, first)
  await until(() => receiver.received.length === 1)
  await at.publish(first, resolved(first, 3), first, resolved(first, 3))
  await until(() => receiver.received.length === 2)
  // A second incident comes after all those repeats: had one of them caused a message, it would be there before this one's.
  const second = anIncident(2)
  await at.publish(resolved(first, 3), second)
  await until(() => receiver.received.some(({ id }) => id.includes(second.id)))
  expect(receiver.received.map(({ id }) => id)).toEqual([
    `${first.id}/opened/0`,
    `${first.id}/resolved/0`,
    `${second.id}/opened/0`,
  ])
  expect(receiver.received[0]?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/)
})

test('what came of a delivery is published', async () => {
  await using at = await theNotifiers()
  at.start()
  await ensureTopics(kafkaOf(at), [incidents, notifications])
  await at.publish(anIncident(1))
  const told: Notification[] = []
  const stop = new AbortController()
  const reading = consumeBatches({
    kafka: kafkaOf(at),
    topic: notifications,
    groupId: 'look',
    handle: (batch) => {
      told.push(...batch.records.map(({ value }) => value))
      return Promise.resolve({ through: batch.lastOffset })
    },
  }).run(stop.signal)
  await until(() => told.length > 0)
  stop.abort()
  await reading
  expect(told).toMatchObject([
    { kind: 'opened', channel: 'log', status: 'delivered', attempts: 1, severity: 'P2' },
  ])
})

test('a receiver that fails gets the same message again until it takes it', async () => {
  await using at = await theNotifiers()
  await using receiver = await aReceiver()
  receiver.answer = (res, nth) => {
    if (nth === 1) res.writeHead(500).end()
    else if (nth === 2) res.writeHead(429, { 'retry-after': '0' }).end()
    else if (nth === 3) res.destroy()
    else res.writeHead(200).end('ok')
  }
  at.start({ channels: [webhookTo(receiver)] })
  await ensureTopics(kafkaOf(at), [incidents])
  await at.publish(anIncident(1))
  expect(await ended(at, 1)).toMatchObject([{ status: 'delivered', attempts: 4 }])
  expect(new Set(receiver.received.map(({ id, text }) => `${id} ${text}`)).size).toBe(1)
  expect(receiver.received).toHaveLength(4)
})

test('a refusal is final and an endless failure is given up; what comes after goes on', async () => {
  await using at = await theNotifiers()
  await using receiver = await aReceiver()
  receiver.answer = (res) => {
    const last = receiver.received.at(-1)?.id ?? ''
    res.writeHead(last.includes('000001/') ? 410 : last.includes('000002/') ? 503 : 200).end()
  }
  at.start({ channels: [webhookTo(receiver)], retry: { firstMs: 1, maxMs: 2, attempts: 3 } })
  await ensureTopics(kafkaOf(at), [incidents])
  await at.publish(anIncident(1), anIncident(2), anIncident(3))
  const rows = await ended(at, 3)
  expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual(
    expect.arrayContaining([
      ['failed', 1],
      ['gave_up', 3],
      ['delivered', 1],
    ]),
  )
})

test('a receiver that hangs holds up neither the other channel nor the partition', async () => {
  await using at = await theNotifiers()
  await using receiver = await aReceiver()
  receiver.answer = () => undefined
  const memory = aMemory()
  at.start({ channels: [webhookTo(receiver, 60_000), memory], concurrency: 1 })
  await ensureTopics(kafkaOf(at), [incidents])
  await at.publish(anIncident(1))
  await until(() => receiver.received.length === 1)
  await at.publish(anIncident(2), anIncident(3))
  await until(() => memory.sent.length === 3)
  expect(receiver.received).toHaveLength(1)
})

test('killed between recording and sending: the next process sends it, with the same key', async () => {
  await using at = await theNotifiers()
  await prepared(at)
  const dying = at.start({
    channels: [{ name: 'webhook', send: () => Promise.reject(new Error('killed')) }],
    leaseMs: 50,
  })
  await at.publish(anIncident(1))
  await until(async () => (await at.sql('select 1 from delivery where attempts = 1')).length === 1)
  expect(await dying()).toMatchObject({ message: 'killed' })
  await using receiver = await aReceiver()
  at.start({ channels: [webhookTo(receiver)] })
  await until(() => receiver.received.length === 1)
  expect(receiver.received[0]?.id).toBe(`${anIncident(1).id}/opened/0`)
  expect(await ended(at, 1)).toMatchObject([{ status: 'delivered', attempts: 2 }])
})

test('killed between sending and recording that: exactly the same message again, and no other', async () => {
  await using at = await theNotifiers()
  await using receiver = await aReceiver()
  const webhook = webhookTo(receiver)
  const dying = at.start({
    leaseMs: 50,
    channels: [
      {
        name: 'webhook',
        send: async (delivery, signal) => {
          await webhook.send(delivery, signal)
          throw new Error('killed')
        },
      },
    ],
  })
  await ensureTopics(kafkaOf(at), [incidents])
  await at.publish(anIncident(1))
  await until(() => receiver.received.length === 1)
  expect(await dying()).toMatchObject({ message: 'killed' })
  at.start({ channels: [webhook] })
  await ended(at, 1)
  const [first, second, ...others] = receiver.received
  expect(others).toEqual([])
  expect(second?.id).toBe(first?.id)
  expect(second?.text).toBe(first?.text)
})

test('a settle time survives a restart, and a blink within it is not told', async () => {
  await using at = await theNotifiers()
  await prepared(at)
  const stop = at.start({ settle: { P1: 3_600_000, other: 3_600_000 } })
  const blink = anIncident(1)
  const lasting = anIncident(2)
  await at.publish(blink, lasting)
  const due = () => at.sql("select 1 from notice_group where due_at > now() + interval '50 min'")
  await until(async () => (await due()).length === 2)
  await at.publish(resolved(blink, 2))
  await until(async () => (await due()).length === 1)
  await stop()
  expect(await due()).toHaveLength(1)
  // The hour passes.
  await at.sql(`update notice_group set due_at = due_at - interval '1 hour'`)
  const memory = aMemory()
  at.start({ channels: [memory], settle: { P1: 3_600_000, other: 3_600_000 } })
  await ended(at, 1)
  expect(memory.sent.map(({ key }) => key)).toEqual([`${lasting.id}/opened/0`])
})

test('a poisoned record is parked and the next one is told', async () => {
  await using at = await theNotifiers()
  const memory = aMemory()
  at.start({ channels: [memory] })
  const kafka = kafkaOf(at)
  await ensureTopics(kafka, [incidents])
  await at.producer.publishRaw(incidents.topic, [
    { key: 'k', value: Buffer.from('{"id":7'), partition: 0 },
  ])
  await at.publish(anIncident(1))
  await until(() => memory.sent.length === 1)
  const parked: string[] = []
  const stop = new AbortController()
  const reading = consumeBatches({
    kafka,
    topic: 'incidents.dlq',
    groupId: 'look',
    handle: (batch) => {
      parked.push(...batch.records.map((r) => r.headers['dlq-error'] ?? ''))
      return Promise.resolve({ through: batch.lastOffset })
    },
  }).run(stop.signal)
  await until(() => parked.length > 0)
  stop.abort()
  await reading
  expect(parked[0]).toMatch(/JSON/)
})
