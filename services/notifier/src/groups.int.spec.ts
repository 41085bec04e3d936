import { ensureTopics, createKafka } from '@kubesift/adapter-kafka'
import { incidents } from '@kubesift/contracts'
import { expect, test, vi } from 'vitest'
import {
  aMemory,
  anIncident,
  resolved,
  theNotifiers,
  type TestNotifiers,
} from './testing/a-notifier.ts'

const until = (check: () => boolean | Promise<boolean>): Promise<boolean> =>
  vi.waitUntil(check, { timeout: 30_000, interval: 25 })

const topicsOf = ({ backing }: TestNotifiers): Promise<unknown> =>
  ensureTopics(
    createKafka({
      brokers: [backing.kafkaBrokers],
      clientId: 'look',
      topicPrefix: backing.topicPrefix,
    }),
    [incidents],
  )

const HOUR = { P1: 3_600_000, other: 3_600_000 }
const known = async (
  { sql }: TestNotifiers,
  incidentId: string,
  revision: number,
): Promise<boolean> => {
  const [there] = await sql<{ there: boolean }>(
    "select to_regclass('notice_member') is not null as there",
  )
  if (there?.there !== true) return false
  const query = 'select 1 from notice_member where incident_id = $1 and revision = $2'
  return (await sql(query, [incidentId, revision])).length === 1
}

/** A caller whose symptom came first, and the dependency that stands for the cause. */
const cause = anIncident(2)
const inGroup = { group: anIncident(1).id, primary: cause.id }
const symptom = anIncident(1, {
  ...inGroup,
  severity: 'P3',
  resourceName: 'frontend',
  problem: 'ProbeFailure',
})

test('a group is told once, by its cause, and names who else is hit; it is over when all are', async () => {
  await using at = await theNotifiers()
  await topicsOf(at)
  const memory = aMemory()
  const stop = at.start({ channels: [memory], settle: HOUR })
  const member = { ...cause, ...inGroup }
  await at.publish(symptom, member)
  await until(async () => (await known(at, symptom.id, 1)) && known(at, member.id, 1))
  await stop()
  await at.sql(`update notice_group set due_at = due_at - interval '1 hour'`)
  at.start({ channels: [memory] })
  await until(() => memory.sent.length > 0)
  await at.publish(resolved(member, 2))
  await until(async () => known(at, member.id, 2))
  await at.publish(resolved(symptom, 2))
  await until(() => memory.sent.length > 1)
  expect(memory.sent.map(({ key }) => key)).toEqual([
    `${inGroup.group}/opened/1`,
    `${inGroup.group}/resolved/1`,
  ])
  const [opened] = memory.sent
  expect(opened?.text).toContain('P2 opened: CrashLoop of shop/Deployment/checkout in lab')
  expect(opened?.text).toContain('also hit: shop/Deployment/frontend (ProbeFailure)')
})

test('what was told alone and then joins a group is closed there, and says with whom it is told', async () => {
  await using at = await theNotifiers()
  await topicsOf(at)
  const memory = aMemory()
  at.start({ channels: [memory] })
  const alone = anIncident(2)
  await at.publish(alone)
  await until(() => memory.sent.length === 1)
  await at.publish(symptom, { ...alone, ...inGroup, revision: 2 })
  await until(() => memory.sent.length === 3)
  expect(memory.sent.map(({ key }) => key).toSorted()).toEqual(
    [`${alone.id}/opened/0`, `${alone.id}/resolved/0`, `${inGroup.group}/opened/1`].toSorted(),
  )
  const closed = memory.sent.find(({ key }) => key === `${alone.id}/resolved/0`)
  expect(closed?.text).toMatch(/part of a larger incident, and is told with \w+ of Deployment\//)
})

test('what was left is closed however Postgres chooses to join', async () => {
  await using at = await theNotifiers()
  await topicsOf(at)
  const [here] = await at.sql<{ name: string }>('select current_database() as name')
  // The other plans that a grown table gets: they write the members before they read what they were in.
  for (const plan of ['enable_hashjoin', 'enable_nestloop'])
    await at.sql(`alter database ${here?.name} set ${plan} = off`)
  const memory = aMemory()
  at.start({ channels: [memory] })
  const alone = anIncident(2)
  await at.publish(alone)
  await until(() => memory.sent.length === 1)
  await at.publish({ ...alone, ...inGroup, revision: 2 })
  await until(() => memory.sent.length === 3)
  expect(memory.sent.map(({ key }) => key)).toContain(`${alone.id}/resolved/0`)
})
