import { Database, type StreamPosition } from '@kubesift/adapter-postgres'
import { aContext, anAnalysis, aSpell } from '@kubesift/core-incident/testing'
import { incidentIdOf } from '@kubesift/core-incident'
import { expect, test } from 'vitest'
import { aStore, contentsOf, type TestStore } from './testing/a-store.ts'

const at = (next: number): StreamPosition => ({ topic: 'incident-contexts', partition: 0, next })
const version = (offset: number) => ({ version: { epoch: 1, offset } })
const placed = (analysis: ReturnType<typeof anAnalysis>) => ({
  analysis,
  position: { topic: 'incident-analyses', partition: 0, offset: 3 },
})

test('several replicas migrate one database at the same time', async () => {
  await using store = await aStore()
  const url = store.backing.databaseUrl
  const once = await store.sql('select name from migrations order by id')
  await store.sql('drop schema public cascade; create schema public')
  const replicas = Array.from({ length: 4 }, () => new Database({ url }))
  await Promise.all(replicas.map((r) => r.open()))
  await Promise.all(replicas.map((r) => r.close()))
  expect(await store.sql('select name from migrations order by id')).toEqual(once)
  expect(await store.count('relay_state')).toBe(1)
})

test('a context becomes incident, note and outbox rows, and its redelivery changes nothing', async () => {
  await using store = await aStore()
  const contexts = [aContext(), aContext({ name: 'cart', ...version(2) })]
  expect(await store.writer.applyContexts(contexts, at(3))).toEqual({ changed: 2, dropped: 0 })
  const before = await contentsOf(store)
  expect(await store.writer.applyContexts(contexts, at(3))).toEqual({ changed: 0, dropped: 2 })
  expect(await contentsOf(store)).toEqual(before)
  expect([
    await store.count('incident'),
    await store.count('note'),
    await store.count('outbox'),
  ]).toEqual([2, 2, 4])
  expect(await store.reader.position('incident-contexts', 0)).toBe(3)
})

test('a newer context that says the same writes nothing but its version', async () => {
  await using store = await aStore()
  await store.writer.applyContexts([aContext()], at(2))
  const rows = () => Promise.all([store.count('outbox'), store.count('note')])
  const before = await rows()
  const again = aContext({ ...version(7), watermark: 9, spells: [...aContext().spells] })
  expect(await store.writer.applyContexts([again], at(8))).toEqual({ changed: 0, dropped: 0 })
  expect(await rows()).toEqual(before)
  // The version counts as read: an older one is refused.
  expect(await store.writer.applyContexts([aContext(version(5))], at(9))).toMatchObject({
    dropped: 1,
  })
  const [incident] = await store.reader.list(everything, 10, undefined)
  expect(incident).toMatchObject({ revision: 1 })
})

test('an older version, alone or in the batch of a newer one, is dropped', async () => {
  await using store = await aStore()
  const resolved = aContext({ ...version(5), spells: [aSpell(0, 4, 10)] })
  await store.writer.applyContexts([resolved, aContext(version(4))], at(6))
  await store.writer.applyContexts([aContext(version(4))], at(5))
  const [incident] = await store.reader.list(everything, 10, undefined)
  expect(incident).toMatchObject({ status: 'resolved', revision: 2 })
  expect(await store.reader.position('incident-contexts', 0)).toBe(6)
  const notes = await store.reader.notes(incident!.id)
  expect(notes.map((n) => n.text)).toEqual([
    'opened: CrashLoop of Deployment shop/checkout',
    'resolved automatically: all replicas ready through the stability window',
  ])
})

const everything = {
  statuses: [],
  severities: [],
  cluster: '',
  namespace: '',
  problem: '',
  text: '',
}

test.each([
  'context_version',
  'incident',
  'incident_analysis',
  'incident_grouping',
  'note',
  'outbox',
  'stream_position',
])(
  'a batch that dies while writing %s leaves nothing behind, and goes through the next time',
  async (table) => {
    await using store = await aStore()
    await store.writer.applyContexts([aContext()], at(2))
    const before = await contentsOf(store)
    await breakOn(store, table)
    const batch = [aContext({ ...version(2), spells: [aSpell(0, 9)] }), aContext({ name: 'cart' })]
    await expect(store.writer.applyContexts(batch, at(9))).rejects.toThrow('pulled the plug')
    expect(await contentsOf(store)).toEqual(before)
    await store.sql(`drop trigger plug on ${table}`)
    expect(await store.writer.applyContexts(batch, at(9))).toEqual({ changed: 2, dropped: 0 })
  },
)

const breakOn = async ({ sql }: TestStore, table: string): Promise<void> => {
  await sql(`create function plug() returns trigger language plpgsql as
    $$ begin raise exception 'pulled the plug'; end $$`)
  await sql(`create trigger plug after insert or update on ${table} execute function plug()`)
}

test('a connection killed in the middle of a batch is a reason to try again', async () => {
  await using store = await aStore()
  await store.sql(`create function die() returns trigger language plpgsql as
    $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`)
  await store.sql('create trigger die after insert on note execute function die()')
  await expect(store.writer.applyContexts([aContext()], at(2))).rejects.toMatchObject({
    next: 'retry',
  })
  await store.sql('drop trigger die on note')
  expect(await store.count('incident')).toBe(0)
  expect(await store.writer.applyContexts([aContext()], at(2))).toEqual({ changed: 1, dropped: 0 })
})

test.each(["update note set text = 'nothing happened'", 'delete from note', 'truncate note'])(
  'notes are append-only: %s is refused',
  async (statement) => {
    await using store = await aStore()
    await store.writer.applyContexts([aContext()], at(2))
    await expect(store.sql(statement)).rejects.toThrow('append-only')
    expect(await store.count('note')).toBe(1)
  },
)

test('an analysis that comes before its incident waits, and is taken up with it', async () => {
  await using store = await aStore()
  const context = aContext()
  await store.writer.applyAnalyses([placed(anAnalysis(context))], at(4))
  expect(await store.count('incident')).toBe(0)
  await store.writer.applyContexts([context], at(2))
  const found = await store.reader.find(incidentIdOf(context.key, 1))
  expect(found).toMatchObject({
    ok: true,
    incident: { revision: 2, analysis: { rule: 'bad-rollout' } },
  })
  expect(await store.sql('select kind from note order by seq')).toEqual([
    { kind: 'system' },
    { kind: 'ai_analysis' },
  ])
})

test('an analysis and a context of one incident, written at once, never lose each other', async () => {
  await using store = await aStore()
  for (let round = 0; round < 20; round++) {
    const context = aContext({ name: `w${round}` })
    await Promise.all([
      store.writer.applyContexts([context], at(2)),
      store.writer.applyAnalyses([placed(anAnalysis(context))], at(2)),
    ])
  }
  const incidents = await store.reader.list(everything, 100, undefined)
  expect(incidents).toHaveLength(20)
  expect(incidents.filter((i) => i.analysis === null)).toEqual([])
  expect(await store.count("note where kind = 'ai_analysis'")).toBe(20)
})

test('a context that had to wait for an analysis publishes it too', async () => {
  await using store = await aStore()
  const name = 'checkout'
  await store.writer.applyContexts([aContext()], at(2))
  for (let n = 2; n <= 40; n += 2) {
    const finding = anAnalysis(aContext({ name, ...version(n) }), { hypothesis: `after ${n}` })
    await Promise.all([
      store.writer.applyAnalyses([placed(finding)], at(n)),
      store.writer.applyContexts([aContext({ name, ...version(n) })], at(n)),
      store.writer.applyContexts([aContext({ name, ...version(n + 1) })], at(n)),
    ])
  }
  const published = await store.sql<{ n: number; revision: number }>(
    `select coalesce((payload::json #>> '{analysis,contextVersion,offset}')::int, 0) as n, revision
     from outbox where topic = 'incidents' order by id`,
  )
  const versions = published.map(({ n }) => n)
  expect(versions).toEqual(versions.toSorted((a, b) => a - b))
  expect(versions.at(-1)).toBe(40)
  const revisions = published.map(({ revision }) => revision)
  expect(revisions).toEqual(Array.from(revisions, (_, i) => i + 1))
})

test('a redelivered or older analysis changes nothing; the stored one survives later contexts', async () => {
  await using store = await aStore()
  const context = aContext(version(5))
  await store.writer.applyContexts([context], at(6))
  await store.writer.applyAnalyses([placed(anAnalysis(context))], at(1))
  const before = await contentsOf(store)
  await store.writer.applyAnalyses([placed(anAnalysis(context))], at(1))
  const older = anAnalysis(aContext(version(4)), { hypothesis: 'something older' })
  await store.writer.applyAnalyses([placed(older)], at(1))
  expect(await contentsOf(store)).toEqual(before)
  await store.writer.applyContexts([aContext({ ...version(7), spells: [aSpell(0, 4, 10)] })], at(8))
  const found = await store.reader.find(incidentIdOf(context.key, 1))
  expect(found).toMatchObject({
    incident: { status: 'resolved', analysis: { hypothesis: 'The newest rollout does not start' } },
  })
})

test('text that Postgres cannot keep costs its bad characters, not the incident', async () => {
  await using store = await aStore()
  const title = 'exit\0code \ud800 \\u0000'
  await store.writer.applyContexts([aContext({ title })], at(2))
  const [incident] = await store.reader.list(everything, 1, undefined)
  expect(incident?.title).toBe('exit\uFFFDcode \uFFFD \\u0000')
})

test('two writers of the same keys in different order both finish', async () => {
  await using store = await aStore()
  const names = Array.from({ length: 30 }, (_, i) => `w${i}`)
  const batch = (offset: number, order: readonly string[]) =>
    store.writer.applyContexts(
      order.map((name) => aContext({ name, ...version(offset), occurrenceCount: offset })),
      at(offset),
    )
  await Promise.all([batch(1, names), batch(2, names.toReversed()), batch(3, names)])
  expect(await store.count('incident')).toBe(30)
  expect(await store.sql('select distinct context_offset from incident')).toEqual([
    { context_offset: '3' },
  ])
})
