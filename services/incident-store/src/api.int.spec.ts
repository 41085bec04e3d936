import type { StreamPosition } from '@kubesift/adapter-postgres'
import { incidentIdOf } from '@kubesift/core-incident'
import { aContext, anAnalysis, aSpell, T0 } from '@kubesift/core-incident/testing'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { anApi } from './testing/an-api.ts'
import { healthClient, reflected, type ApiClient } from './testing/grpc-client.ts'
import { Published, runRelay } from './testing/published.ts'

const at: StreamPosition = { topic: 'incident-contexts', partition: 0, next: 1 }

interface Listed {
  readonly incidents: readonly { readonly resourceName: string; readonly severity: string }[]
  readonly nextPageToken: string
  readonly watchCursor: string
}

const list = (client: ApiClient, request: object): Promise<Listed> =>
  client.call<Listed>('listIncidents', request)

const namesOf = ({ incidents }: Listed): readonly string[] => incidents.map((i) => i.resourceName)

test('lists by severity, then the latest; filters narrow it', async () => {
  await using api = await anApi()
  await api.store.writer.applyContexts(
    [
      aContext({ name: 'old', spells: [aSpell(0, 1)] }),
      aContext({ name: 'new', spells: [aSpell(0, 9)] }),
      aContext({ name: 'worst', severity: 'P1' }),
      aContext({ name: 'done', spells: [aSpell(0, 2, 5)] }),
      aContext({ name: 'elsewhere', namespace: 'web', severity: 'P4' }),
    ],
    at,
  )
  expect(namesOf(await list(api.client, {}))).toEqual(['worst', 'new', 'done', 'old', 'elsewhere'])
  const open = { statuses: ['OPEN'], namespace: 'shop' }
  expect(namesOf(await list(api.client, open))).toEqual(['worst', 'new', 'old'])
  expect(namesOf(await list(api.client, { severities: ['P1', 'P4'] }))).toEqual([
    'worst',
    'elsewhere',
  ])
  expect(namesOf(await list(api.client, { text: 'ELSEw' }))).toEqual(['elsewhere'])
  expect(namesOf(await list(api.client, { text: 'backoff', problem: 'CrashLoop' }))).toHaveLength(5)
  expect(namesOf(await list(api.client, { text: '100%_' }))).toEqual([])
})

test('pages neither repeat nor skip while incidents are added before and behind', async () => {
  await using api = await anApi()
  const add = (name: string, minute: number) =>
    api.store.writer.applyContexts([aContext({ name, spells: [aSpell(0, minute)] })], at)
  for (let i = 0; i < 7; i++) await add(`w${i}`, 10 + i)
  const seen: string[] = []
  let pageToken = ''
  do {
    const page = await list(api.client, { pageSize: 2, pageToken })
    seen.push(...namesOf(page))
    pageToken = page.nextPageToken
    await add(`early${seen.length}`, 100 + seen.length)
  } while (pageToken !== '')
  expect(seen).toEqual(['w6', 'w5', 'w4', 'w3', 'w2', 'w1', 'w0'])
})

test('get tells the whole story, by id or by its beginning', async () => {
  await using api = await anApi()
  const context = aContext({ spells: [aSpell(0, 4, 10)], severity: 'P3' })
  await api.store.writer.applyContexts([context], at)
  const position = { topic: 'incident-analyses', partition: 0, offset: 3 }
  await api.store.writer.applyAnalyses([{ analysis: anAnalysis(context), position }], at)
  const id = incidentIdOf(context.key, 1)
  const incident = await api.client.call('getIncident', { id })
  expect(await api.client.call('getIncident', { id: id.slice(0, 11).toUpperCase() })).toEqual(
    incident,
  )
  expect(incident).toMatchObject({
    id,
    key: 'c1/shop/Deployment/checkout/CrashLoop',
    severity: 'P3',
    severityTerms: [{ term: 'base', points: 40 }],
    status: 'RESOLVED',
    resolution: { by: 'recovered' },
    occurrenceCount: 5,
    firstSeenAt: { seconds: T0 / 1000, nanos: 0 },
    analysis: { rule: 'bad-rollout', recommendations: [{ text: 'Roll back' }] },
    notes: [
      { kind: 'system', actor: 'kubesift', causes: [{ topic: 'signals', offset: 1 }] },
      { kind: 'status_change' },
      { kind: 'ai_analysis', causes: [{ topic: 'incident-analyses', offset: 3 }] },
    ],
    contextVersion: '1.1',
  })
})

test('bad input names the field, and what is not there is not found', async () => {
  await using api = await anApi()
  const faults = [
    ['listIncidents', { pageSize: 1001 }, status.INVALID_ARGUMENT, 'page_size'],
    ['listIncidents', { pageSize: -1 }, status.INVALID_ARGUMENT, 'page_size'],
    ['listIncidents', { pageToken: 'nonsense' }, status.INVALID_ARGUMENT, 'page_token'],
    ['listIncidents', { statuses: [0] }, status.INVALID_ARGUMENT, 'statuses.0'],
    ['listIncidents', { severities: [77] }, status.INVALID_ARGUMENT, 'severities.0'],
    ['getIncident', { id: 'abc' }, status.INVALID_ARGUMENT, 'id'],
    ['getIncident', { id: "x' or 1=1 --" }, status.INVALID_ARGUMENT, 'id'],
    ['getIncident', { id: 'deadbeef' }, status.NOT_FOUND, 'deadbeef'],
  ] as const
  for (const [method, request, code, word] of faults) {
    await expect(api.client.call(method, request)).rejects.toMatchObject({
      code,
      details: expect.stringContaining(word),
    })
  }
  expect(api.errors).toEqual([])
})

test('a page token belongs to its filter', async () => {
  await using api = await anApi()
  const contexts = ['a', 'b'].map((name) => aContext({ name }))
  await api.store.writer.applyContexts(contexts, at)
  const { nextPageToken } = await list(api.client, { pageSize: 1 })
  await expect(
    list(api.client, { pageSize: 1, pageToken: nextPageToken, cluster: 'c2' }),
  ).rejects.toMatchObject({ code: status.INVALID_ARGUMENT })
})

test('a watch goes on from its cursor without a gap, and says so when it cannot', async () => {
  await using api = await anApi()
  await using _relay = runRelay(api.store.backing.databaseUrl, new Published().publish)
  const { watchCursor } = await list(api.client, {})
  const grow = (n: number) =>
    api.store.writer.applyContexts(
      [aContext({ version: { epoch: 1, offset: n }, spells: [aSpell(0, n)] })],
      at,
    )
  const first = api.client.stream('watchIncidents', { cursor: watchCursor })
  for (let n = 1; n <= 3; n++) await grow(n)
  await expect.poll(() => first.answers).toHaveLength(3)
  first.cancel()
  expect((await first.ended).code).toBe(status.CANCELLED)
  await grow(4)
  const second = api.client.stream('watchIncidents', { cursor: first.answers[1]?.['cursor'] })
  await expect.poll(() => second.answers).toHaveLength(2)
  await grow(5)
  await expect.poll(() => second.answers).toHaveLength(3)
  expect(second.answers.map((a) => (a['incident'] as { revision: number }).revision)).toEqual([
    3, 4, 5,
  ])
  second.cancel()
})

test.each([
  ['never given out', (cursor: string) => cursor.replace(/\.\d+$/, '.999'), status.OUT_OF_RANGE],
  [
    'of another store',
    (cursor: string) => cursor.replace(/^./, (c) => (c === '0' ? '1' : '0')),
    status.OUT_OF_RANGE,
  ],
  ['nonsense', () => 'nonsense', status.INVALID_ARGUMENT],
])('a cursor that is %s ends the watch', async (_, bent, code) => {
  await using api = await anApi()
  const { watchCursor } = await list(api.client, {})
  const { ended } = api.client.stream('watchIncidents', { cursor: bent(watchCursor) })
  expect(await ended).toMatchObject({ code, details: expect.stringContaining('cursor') })
})

test('an expired cursor ends the watch', async () => {
  await using api = await anApi()
  const url = api.store.backing.databaseUrl
  const { watchCursor } = await list(api.client, {})
  const contexts = ['a', 'b', 'c', 'd'].map((name) => aContext({ name }))
  await api.store.writer.applyContexts(contexts, at)
  const published = new Published()
  const one = runRelay(url, published.publish)
  await expect.poll(() => api.store.count('outbox where seq is not null')).toBe(4)
  await one[Symbol.asyncDispose]()
  await using _two = runRelay(url, published.publish, {}, { ms: 3_600_000, changes: 2 })
  await expect.poll(() => api.store.count('outbox')).toBe(2)
  const { ended } = api.client.stream('watchIncidents', { cursor: watchCursor })
  expect(await ended).toMatchObject({
    code: status.OUT_OF_RANGE,
    details: 'cursor: the cursor has expired; list the incidents, then watch',
  })
})

test('health and reflection answer', async () => {
  await using api = await anApi()
  await using health = healthClient(api.url)
  const service = 'kubesift.incident.v1.IncidentService'
  for (const name of ['', service]) {
    expect(await health.call('check', { service: name })).toEqual({ status: 'SERVING' })
  }
  expect(await reflected(api.url)).toEqual(
    expect.arrayContaining([service, 'grpc.health.v1.Health']),
  )
})

test('without its database a call is UNAVAILABLE, and answered again when it is back', async () => {
  await using api = await anApi()
  await api.store.database.close()
  await expect(list(api.client, {})).rejects.toMatchObject({ code: status.UNAVAILABLE })
  await api.store.database.open()
  expect(namesOf(await list(api.client, {}))).toEqual([])
  expect(api.errors).toEqual([])
})
