import { createKafka, ensureTopics } from '@kubesift/adapter-kafka'
import { incidents } from '@kubesift/contracts'
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

const topicsOf = ({ backing }: TestNotifiers) => {
  const { kafkaBrokers, topicPrefix } = backing
  const kafka = createKafka({ brokers: [kafkaBrokers], clientId: 'look', topicPrefix })
  return ensureTopics(kafka, [incidents])
}

test('the end is not told before the beginning, however long that takes', async () => {
  await using at = await theNotifiers()
  await using receiver = await aReceiver()
  let up = false
  receiver.answer = (res) => res.writeHead(up ? 204 : 503).end()
  at.start({ channels: [webhookTo(receiver)], retry: { firstMs: 20, maxMs: 50, attempts: 1000 } })
  await topicsOf(at)
  const incident = anIncident(1)
  await at.publish(incident)
  await until(() => receiver.received.length > 1)
  await at.publish({ ...incident, revision: 2, severity: 'P1' })
  await until(async () => (await at.sql('select 1 from delivery')).length === 2)
  await at.publish({ ...resolved(incident, 3), severity: 'P1' })
  await until(async () => (await at.sql('select 1 from delivery')).length === 3)
  const tries = receiver.received.length
  await until(() => receiver.received.length > tries + 2)
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
  up = true
  await until(() => receiver.received.some(({ id }) => id.includes('/resolved/')))
  const kinds = receiver.received.map(({ id }) => id.slice(id.indexOf('/') + 1))
  expect([...new Set(kinds)]).toEqual(['opened/0', 'escalated/0-P1', 'resolved/0'])
  expect(kinds.slice(-3)).toEqual(['opened/0', 'escalated/0-P1', 'resolved/0'])
})

test('replicas share the work and none of it is done twice', async () => {
  await using at = await theNotifiers()
  const channels = [aMemory(), aMemory(), aMemory()]
  for (const channel of channels) at.start({ channels: [channel] })
  await topicsOf(at)
  const all = Array.from({ length: 40 }, (_, n) => anIncident(n))
  await at.publish(...all, ...all)
  const sent = () => channels.flatMap((channel) => channel.sent.map(({ key }) => key))
  await until(async () => {
    const rows = await at.sql(`select 1 from delivery where status = 'delivered'`)
    return rows.length === all.length
  })
  expect(sent().toSorted()).toEqual(all.map(({ id }) => `${id}/opened/0`).toSorted())
})
