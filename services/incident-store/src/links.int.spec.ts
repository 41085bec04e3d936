import type { StreamPosition } from '@kubesift/adapter-postgres'
import type { Change, Context, Incident } from '@kubesift/contracts'
import { inLinks } from '@kubesift/core-incident'
import { aContext, aSpell } from '@kubesift/core-incident/testing'
import { expect, test } from 'vitest'
import { aStore, contentsOf, type TestStore } from './testing/a-store.ts'

let offset = 0
const next = (): StreamPosition => ({
  topic: 'incident-contexts',
  partition: 0,
  next: (offset += 1),
})

const rolloutOf = (images: readonly string[]): Change => ({
  kind: 'rollout',
  object: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
  at: 0,
  summary: 'image',
  fields: images.map((to, i) => ({ path: `containers.c${i}.image`, from: null, to })),
  distanceMs: 5_000,
  failingPodsAreNew: true,
  evidence: 'e',
})

const context = (cluster: string, images: readonly string[], minute = 0): Context =>
  aContext({
    cluster,
    key: `${cluster}/shop/Deployment/checkout/CrashLoop`,
    spells: [aSpell(minute, minute + 4)],
    changes: images.length === 0 ? [] : [rolloutOf(images)],
    version: { epoch: 1, offset: (offset += 1) },
  })

const linksIn = async ({ sql }: TestStore): Promise<Record<string, string[]>> => {
  const rows = await sql<{ document: Incident }>('select document from incident order by cluster')
  return Object.fromEntries(
    rows.map(({ document }) => [
      document.cluster,
      (document.links ?? []).map(({ cluster, thing }) => `${cluster} ${thing}`),
    ]),
  )
}

test('the same image in two clusters links both, also where its change is told later', async () => {
  await using store = await aStore()
  await store.writer.applyContexts([context('eu', ['app:7'])], next())
  await store.writer.applyContexts([context('us', [])], next())
  expect(await linksIn(store)).toEqual({ eu: [], us: [] })
  await store.writer.applyContexts([context('us', ['app:7'])], next())
  expect(await linksIn(store)).toEqual({ eu: ['us image:app:7'], us: ['eu image:app:7'] })
  const notes = await store.sql<{ text: string }>(
    "select text from note where kind = 'link' order by seq",
  )
  expect(notes.map(({ text }) => text).sort()).toEqual([
    'the new image app:7 fails in eu too: CrashLoop of Deployment shop/checkout',
    'the new image app:7 fails in us too: CrashLoop of Deployment shop/checkout',
  ])
  const before = await contentsOf(store)
  const again = { ...context('eu', ['app:7']), version: { epoch: 0, offset: 1 } }
  await store.writer.applyContexts([again], { ...next(), next: 0 })
  expect(await contentsOf(store)).toEqual(before)
})

test('a link through one thing stays when another thing links a third', async () => {
  await using store = await aStore()
  await store.writer.applyContexts([context('eu', ['app:7', 'sidecar:2'])], next())
  await store.writer.applyContexts([context('us', ['app:7'], 1)], next())
  await store.writer.applyContexts([context('ap', ['sidecar:2'], 2)], next())
  expect(await linksIn(store)).toEqual({
    eu: ['us image:app:7', 'ap image:sidecar:2'],
    us: ['eu image:app:7'],
    ap: ['eu image:sidecar:2'],
  })
})

test('many writers at once end with the links that the incidents alone give', async () => {
  await using store = await aStore()
  const contexts = ['eu', 'us', 'ap', 'sa', 'af', 'me'].map((cluster, i) =>
    context(cluster, ['app:7', `own:${i}`], i),
  )
  await Promise.all(
    contexts.map((one, i) =>
      store.writer.applyContexts([one], { topic: 'incident-contexts', partition: i, next: 1 }),
    ),
  )
  const rows = await store.sql<{ document: Incident }>(
    'select document from incident order by cluster',
  )
  const documents = rows.map(({ document }) => document)
  const alone = inLinks(documents.map((document) => ({ ...document, links: [] })))
  expect(documents.map(({ links }) => links)).toEqual(alone.map(({ links }) => links))
  expect(documents.every(({ links }) => links?.length === 5)).toBe(true)
})

test('what is merged away is linked no more', async () => {
  await using store = await aStore()
  await store.writer.applyContexts([context('eu', ['app:7'])], next())
  await store.writer.applyContexts([context('us', ['app:7'])], next())
  const moved: Context = {
    ...context('us', ['app:7']),
    movedTo: 'us/shop/Deployment/other/CrashLoop',
  }
  await store.writer.applyContexts([moved], next())
  expect((await linksIn(store))['eu']).toEqual([])
})

test('a cluster in which a thousand fail of one image does not hide that another has it too', async () => {
  await using store = await aStore()
  const crowd = Array.from({ length: 1_010 }, (_, i): Context => {
    const name = `w${String(i).padStart(4, '0')}`
    return {
      ...context('a', ['proxy:2']),
      key: `a/shop/Deployment/${name}/CrashLoop`,
      owner: { kind: 'Deployment', name, by: 'objects' },
    }
  })
  await store.writer.applyContexts(crowd, next())
  await store.writer.applyContexts([context('b', ['proxy:2'], 5)], next())
  await store.writer.applyContexts([context('c', ['proxy:2'], 6)], next())
  const linksOfOldest = async () => {
    const rows = await store.sql<{ document: Incident }>(
      "select document from incident where key like 'a/%/w0000/%'",
    )
    return rows.flatMap(({ document }) => (document.links ?? []).map((link) => link.cluster))
  }
  expect((await linksIn(store))['b']).toHaveLength(20)
  const told = await store.sql("select 1 from incident where document->'links' <> '[]'::jsonb")
  expect(told.length).toBeGreaterThan(990)
  expect((await linksIn(store))['c']).toHaveLength(20)
  expect(await linksOfOldest()).toEqual(['b', 'c'])
  const late = { ...context('a', ['proxy:2'], 7), key: 'a/shop/Deployment/late/CrashLoop' }
  await store.writer.applyContexts([late], next())
  expect(await linksOfOldest()).toEqual(['b', 'c'])
  expect((await linksIn(store))['a']).toEqual(['b image:proxy:2', 'c image:proxy:2'])
})
