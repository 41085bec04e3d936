import { IncidentWriter, type StreamPosition } from '@kubesift/adapter-postgres'
import type { Context, Incident, Touch } from '@kubesift/contracts'
import { groupableOf, groupsOf, incidentIdOf, incidentsOf } from '@kubesift/core-incident'
import { aContext, aSpell } from '@kubesift/core-incident/testing'
import { expect, test } from 'vitest'
import { aStore, contentsOf, type TestStore } from './testing/a-store.ts'

let offset = 0
const next = (): StreamPosition => ({
  topic: 'incident-contexts',
  partition: 0,
  next: (offset += 1),
})
const is = (thing: string): Touch => ({ how: 'is', thing, why: `it is ${thing}` })
const uses = (thing: string): Touch => ({ how: 'uses', thing, why: `its template names ${thing}` })
const blames = (thing: string): Touch => ({
  how: 'blames',
  thing,
  why: `its message names ${thing}`,
})

const context = (
  name: string,
  minute: number,
  touches: Touch[],
  rest: Partial<Context> = {},
): Context =>
  aContext({
    name,
    spells: [aSpell(minute, minute + 4)],
    touches: [is(`Deployment/shop/${name}`), ...touches],
    version: { epoch: 1, offset: (offset += 1) },
    ...rest,
  })

const idOf = (name: string): string => incidentIdOf(aContext({ name }).key, 1)
const nameOf = (id: string, names: readonly string[]): string =>
  names.find((name) => idOf(name) === id) ?? id

const incidentsIn = async ({ sql }: TestStore): Promise<Incident[]> =>
  (
    await sql<{ document: Incident }>('select document from incident order by first_seen_at, id')
  ).map(({ document }) => document)

const groupsIn = async (store: TestStore): Promise<string[]> => {
  const all = await incidentsIn(store)
  const names = all.map((i) => i.resourceName)
  return [...Map.groupBy(all, (i) => i.group)].map(
    ([id, members]) =>
      `${nameOf(id, names)}: ${members
        .map((m) => (m.primary === m.id ? `*${m.resourceName}` : m.resourceName))
        .sort()
        .join(' ')}`,
  )
}

const probe = { problem: 'ProbeFailure' }
const caller = (): Context =>
  context('checkout', 0, [uses('Service/shop/payments')], {
    ...probe,
    key: aContext({ name: 'checkout' }).key,
  })
const dependency = (): Context => context('payments', 1, [is('Service/shop/payments')])

test.each([
  ['the symptom first', (): Context[] => [caller(), dependency()]],
  ['the cause first', (): Context[] => [dependency(), caller()]],
])('a caller and what it depends on become one group, %s', async (_, contexts) => {
  await using store = await aStore()
  for (const c of contexts()) await store.writer.applyContexts([c], next())
  expect(await groupsIn(store)).toEqual(['checkout: *payments checkout'])
  const [checkout] = (await incidentsIn(store)).filter((i) => i.resourceName === 'checkout')
  expect(checkout?.joins).toEqual([
    {
      to: idOf('payments'),
      thing: 'Service/shop/payments',
      why: 'its template names Service/shop/payments',
      directed: true,
    },
  ])
})

test('both are published anew, and the story of each tells why', async () => {
  await using store = await aStore()
  await store.writer.applyContexts([caller()], next())
  await store.writer.applyContexts([dependency()], next())
  const notes = await store.sql<{ kind: string; text: string }>(
    "select kind, text from note where kind = 'link' order by seq",
  )
  expect(notes.map(({ text }) => text).sort()).toEqual([
    'grouped with CrashLoop of Deployment shop/payments (its template names Service/shop/payments)',
    'stands for the cause of a group of 2',
  ])
  const published = await store.sql<{ payload: string }>(
    "select payload from outbox where topic = 'incidents' order by id",
  )
  const newest = new Map(
    published.map(({ payload }) => {
      const incident = JSON.parse(payload) as Incident
      return [incident.resourceName, incident]
    }),
  )
  expect(newest.get('checkout')).toMatchObject({
    group: idOf('checkout'),
    primary: idOf('payments'),
  })
  expect(newest.get('payments')).toMatchObject({
    group: idOf('checkout'),
    primary: idOf('payments'),
  })
})

test('counts, redeliveries and analyses leave groups as they are', async () => {
  await using store = await aStore()
  const contexts = [caller(), dependency()]
  for (const c of contexts) await store.writer.applyContexts([c], next())
  const before = await contentsOf(store)
  await store.writer.applyContexts(contexts, { ...next(), next: 0 })
  expect(await contentsOf(store)).toEqual(before)
  const more = {
    ...contexts[0]!,
    version: { epoch: 1, offset: (offset += 1) },
    occurrenceCount: 77,
  }
  await store.writer.applyContexts([more], next())
  expect(await groupsIn(store)).toEqual(['checkout: *payments checkout'])
  expect(await store.count("note where kind = 'link'")).toBe(2)
})

test('an older member that comes late gives the group its name, and the former name stays an alias', async () => {
  await using store = await aStore()
  const thing = 'ConfigMap/shop/app'
  await store.writer.applyContexts([context('b', 5, [blames(thing)])], next())
  await store.writer.applyContexts([context('c', 6, [blames(thing)])], next())
  await store.writer.applyContexts([context('a', 4, [blames(thing)])], next())
  expect(await groupsIn(store)).toEqual(['a: *a b c'])
  expect(await store.sql('select alias, group_id from group_alias')).toEqual([
    { alias: idOf('b'), group_id: idOf('a') },
  ])
})

test('a group that is one of its own again is no alias, and one whose oldest was merged away is one of what is left', async () => {
  await using store = await aStore()
  const aliases = () => store.sql('select alias, group_id from group_alias')
  const thing = 'ConfigMap/shop/app'
  const all = ['a', 'b', 'c'].map((name, i) => context(name, 4 + i, [blames(thing)]))
  await store.writer.applyContexts([all[1]!, all[2]!], next())
  await store.writer.applyContexts([all[0]!], next())
  expect(await aliases()).toEqual([{ alias: idOf('b'), group_id: idOf('a') }])
  await store.writer.applyContexts([context('a', 4, [])], next())
  expect(await groupsIn(store)).toEqual(['a: *a', 'b: *b c'])
  expect(await aliases()).toEqual([])
  const moved = { ...all[1]!, version: { epoch: 1, offset: (offset += 1) }, movedTo: all[0]!.key }
  await store.writer.applyContexts([moved], next())
  expect(await aliases()).toEqual([{ alias: idOf('b'), group_id: idOf('c') }])
})

test('what no longer touches the shared thing leaves the group, and so does what was merged', async () => {
  await using store = await aStore()
  const thing = 'ConfigMap/shop/app'
  const [a, b, c] = [4, 5, 6].map((minute, i) => context('abc'[i]!, minute, [blames(thing)]))
  await store.writer.applyContexts([a!, b!, c!], next())
  expect(await groupsIn(store)).toEqual(['a: *a b c'])
  await store.writer.applyContexts([context('b', 5, [])], next())
  expect(await groupsIn(store)).toEqual(['a: *a c', 'b: *b'])
  const moved = { ...c!, version: { epoch: 1, offset: (offset += 1) }, movedTo: a!.key }
  await store.writer.applyContexts([moved], next())
  const living = (await incidentsIn(store)).filter((i) => i.status !== 'merged')
  expect(living.map((i) => [i.resourceName, i.group])).toEqual([
    ['a', idOf('a')],
    ['b', idOf('b')],
  ])
  expect(await store.count('incident_grouping')).toBe(2)
})

test('what operators have said of a pair is stronger', async () => {
  await using store = await aStore()
  const pair = [idOf('a'), idOf('b')].sort()
  await store.sql(
    "insert into group_constraint (a, b, kind, actor) values ($1, $2, 'cannot', 'ann')",
    pair,
  )
  const thing = 'ConfigMap/shop/app'
  await store.writer.applyContexts(
    [context('a', 4, [blames(thing)]), context('b', 5, [blames(thing)])],
    next(),
  )
  expect(await groupsIn(store)).toEqual(['a: *a', 'b: *b'])
})

test('many writers of one cluster, in any order and at once, end with the groups that the incidents alone give', async () => {
  await using store = await aStore()
  const things = Array.from({ length: 6 }, (_, i) => `ConfigMap/shop/c${i}`)
  const contexts = Array.from({ length: 60 }, (_, i) =>
    context(
      `app-${i}`,
      (i * 7) % 30,
      [blames(things[i % 6]!), ...(i % 10 === 0 ? [blames(things[(i + 1) % 6]!)] : [])],
      i % 3 === 0 ? { spells: [aSpell((i * 7) % 30, ((i * 7) % 30) + 1, ((i * 7) % 30) + 2)] } : {},
    ),
  )
  const writers = Array.from({ length: 4 }, () => new IncidentWriter(store.database))
  await Promise.all(
    writers.map(async (writer, w) => {
      for (let i = w; i < contexts.length; i += 8) {
        const batch = [contexts[i]!, contexts[i + 4]].filter((c) => c !== undefined)
        await writer.applyContexts(batch, { ...next(), partition: w })
      }
    }),
  )
  const all = await incidentsIn(store)
  const wanted = groupsOf(contexts.flatMap((c) => incidentsOf(c)).map(groupableOf))
  expect(all).toHaveLength(60)
  expect(new Map(all.map((i) => [i.id, [i.group, i.primary]]))).toEqual(
    new Map(wanted.flatMap((g) => g.members.map((id) => [id, [g.id, g.primary]]))),
  )
  expect(wanted.length).toBeLessThan(60)
})

test('the cause of many is more severe, says why once, and stays so with its own next counts', async () => {
  await using store = await aStore()
  const cause = context('payments', 1, [is('Service/shop/payments')])
  await store.writer.applyContexts([cause], next())
  const names = Array.from({ length: 10 }, (_, i) => `caller-${i}`)
  const callers = names.map((name) =>
    context(name, 1.5, [uses('Service/shop/payments')], {
      ...probe,
      key: aContext({ name }).key,
      ...(name === 'caller-0'
        ? { namespace: 'web', key: `c1/web/Deployment/${name}/ProbeFailure` }
        : {}),
    }),
  )
  for (const c of callers) await store.writer.applyContexts([c], next())
  const paymentsIn = async (): Promise<Incident | undefined> =>
    (await incidentsIn(store)).find((i) => i.resourceName === 'payments')
  expect(await paymentsIn()).toMatchObject({
    severity: 'P1',
    blastRadius: { workloads: 10, namespaces: 2 },
  })
  const changes = await store.sql<{ text: string }>(
    "select text from note where kind = 'severity_change' order by seq",
  )
  expect(changes).toEqual([{ text: 'severity P2 → P1: base 65 + blast-radius 20 = 85 points' }])
  await store.writer.applyContexts(
    [{ ...cause, version: { epoch: 1, offset: (offset += 1) }, occurrenceCount: 99 }],
    next(),
  )
  expect(await paymentsIn()).toMatchObject({ severity: 'P1', occurrenceCount: 99 })
  expect(await store.count("note where kind = 'severity_change'")).toBe(1)
})
