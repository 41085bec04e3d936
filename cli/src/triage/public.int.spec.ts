import { createReadStream, existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { loadCatalogue, loadKnowns } from '@kubesift/adapter-rules'
import { triageOutput, type TriageOutput } from './output.ts'
import { triage, type TriageInput } from './triage.ts'

/** Event dumps of other projects, which are read in place: they are not ours to publish. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const data = `${root}../shared/data/public`
const here = existsSync(data)
const files = (pattern: string): string[] =>
  globSync(pattern, { cwd: data })
    .sort()
    .map((name) => `${data}/${name}`)
const catalogue = loadCatalogue(`${root}rules/problems`)
const knowns = loadKnowns(`${root}rules/knowns`)

const input = (name: string): TriageInput => ({ name, bytes: () => createReadStream(name) })
const run = async (names: readonly string[]): Promise<TriageOutput> => {
  const triaged = await triage(names.map(input), {
    catalogue,
    knowns,
    cluster: 'c',
    clock: () => Date.UTC(2026, 0, 1),
    onRejected: () => undefined,
  })
  if (!triaged.ok) throw new Error(triaged.rejection.why)
  return triageOutput.parse(triaged.output)
}

interface Counted {
  readonly object: string
  readonly reason: string
  readonly type: string
  readonly n: number
}
/** JSON of which nothing is known; only ever read. */
type Loose = { readonly [key: string]: Loose | undefined }

/** An own, naive reading of the same file: per Event UID the largest count. Shares no code with what it checks. */
const recount = (file: string): { events: number; counted: Counted[] } => {
  const events = objectsOf(file).flatMap(readEvent)
  const byUid = new Map<string, Counted>()
  for (const { uid, ...counted } of events) {
    const before = byUid.get(uid)
    if (before === undefined || before.n < counted.n) byUid.set(uid, counted)
  }
  return { events: events.length, counted: [...byUid.values()] }
}

const objectsOf = (file: string): Loose[] =>
  parseAllDocuments(readFileSync(file, 'utf8'))
    .map((document) => document.toJS() as Loose | null)
    .filter((value) => value !== null)
    .flatMap(
      (value) =>
        (Array.isArray(value) ? value : (value['items'] ?? [value['object'] ?? value])) as Loose[],
    )

const said = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const readEvent = (e: Loose): (Counted & { readonly uid: string })[] => {
  const involved = e['involvedObject'] ?? e['regarding']
  if (involved?.['name'] === undefined || e['reason'] === undefined) return []
  const count = Number(e['series']?.['count'] ?? e['count'] ?? e['deprecatedCount'])
  return [
    {
      uid: said(e['metadata']?.['uid'] ?? e),
      object: `${said(involved['kind'])}/${said(involved['name'])}`,
      reason: said(e['reason']),
      type: e['type'] === undefined ? 'Normal' : said(e['type']),
      n: count > 0 ? count : 1,
    },
  ]
}

const sum = (entries: readonly { readonly n: number }[]): number =>
  entries.reduce((total, { n }) => total + n, 0)
const eventCounts = (incident: TriageOutput['incidents'][number]) =>
  incident.reasonCounts.filter((r) => r.source === 'event')

describe.skipIf(!here)(`every public dump${here ? '' : ` (left out: ${data} is not here)`}`, () => {
  const dumps = here ? files('events/**/*.{json,yaml}') : []

  it('there are some', () => {
    expect(dumps.length).toBeGreaterThan(100)
  })

  it.each(
    dumps.filter(
      (file) => !file.includes('/otlp-splunk-chart/') && !file.includes('expected_watch'),
    ),
  )('%s: counts are those of the file', async (file) => {
    const output = await run([file])
    const { events, counted } = recount(file)
    const { stats } = output
    expect(stats.events + stats.duplicates).toBe(events)
    expect(stats.records).toBe(
      stats.events + stats.duplicates + stats.objects + stats.skipped + stats.rejected,
    )
    // every Warning is in an incident or among the ignored, once
    for (const reason of new Set(
      counted.filter((c) => c.type === 'Warning').map((c) => c.reason),
    )) {
      const ofReason = counted.filter((c) => c.reason === reason)
      const told = output.incidents.flatMap(eventCounts).filter((r) => r.reason === reason)
      const ignored = output.ignored.filter((i) => i.reason === reason)
      const total =
        sum(told.map((r) => ({ n: r.count }))) + sum(ignored.map((i) => ({ n: i.count })))
      const warnings = sum(ofReason.filter((c) => c.type === 'Warning'))
      if (ofReason.every((c) => c.type === 'Warning'))
        expect([reason, total]).toEqual([reason, warnings])
      else expect(total).toBeGreaterThanOrEqual(warnings)
    }
    // and per owner: an incident counts what its own objects say, but for the texts that are ignored
    for (const incident of output.incidents) {
      const names = new Set(incident.objects.map((o) => `${o.kind}/${o.name}`))
      const owner = `${incident.resourceKind}/${incident.resourceName}`
      for (const { reason, type, count } of eventCounts(incident)) {
        const own = counted.filter(
          (c) => names.has(c.object) && c.reason === reason && c.type === type,
        )
        const noise = output.ignored.filter((i) => i.owner === owner && i.reason === reason)
        const said = sum(own) - sum(noise.map((i) => ({ n: i.count })))
        expect([incident.key, reason, count]).toEqual([incident.key, reason, said])
      }
    }
  })

  it('hold next to no Warning that only the last rule knows', async () => {
    const named = dumps.filter((file) => !file.includes('/otlp-'))
    const { incidents, ignored } = await run(named)
    const unknown = [
      ...incidents.filter(({ problem }) => problem === 'Unknown').flatMap(eventCounts),
      ...ignored.filter(({ why }) => why.includes('threshold of Unknown')),
    ]
    const total = sum(
      named.flatMap((file) => recount(file).counted).filter(({ type }) => type === 'Warning'),
    )
    const share = sum(unknown.map(({ count }) => ({ n: count }))) / total
    expect([share, unknown.map(({ reason }) => reason)]).toEqual([0, []])
  })

  /** Installations that end well: whatever happened on the way is over, and little of it was worth an incident. */
  it.each([
    ['openshift-mg-aws', 'events/openshift-mg-aws/*.yaml', 'objects/openshift-mg-aws/*/*.yaml'],
    [
      'openshift-mg-metal',
      'events/openshift-mg-metal/*.yaml',
      'objects/openshift-mg-metal/*/*.yaml',
    ],
    [
      'k3s',
      'events/troubleshoot-k3s-baseline-supportbundle-*.json',
      'objects/troubleshoot-k3s-baseline-supportbundle/**/*.json',
    ],
    ['k3s, events alone', 'events/troubleshoot-k3s-baseline-preflight-*.json', ''],
  ])('the healthy cluster %s ends without an open incident', async (_, events, objects) => {
    const named = [...files(events), ...(objects === '' ? [] : files(objects))]
    const { incidents } = await run(named)
    const warnings = files(events)
      .flatMap((file) => recount(file).counted)
      .filter(({ type }) => type === 'Warning')
    expect(incidents.filter(({ status }) => status === 'open').map(({ key }) => key)).toEqual([])
    // fewer than one per 100 Warning Events, repeats not counted
    expect(incidents.length).toBeLessThan(Math.max(1, warnings.length / 100))
  })

  it.each(dumps.filter((file) => file.includes('/otlp-')))(
    '%s: is read as what a Collector wrote',
    async (file) => {
      const { stats } = await run([file])
      expect(stats.records).toBeGreaterThan(0)
    },
  )

  it.each(
    here
      ? files('objects/**/{pods,deployments,replicasets,nodes,daemonsets,statefulsets}/*.yaml')
      : [],
  )('%s: objects alone are read, and nothing of them is lost', async (file) => {
    const { stats } = await run([file])
    expect(stats.records).toBe(stats.objects + stats.rejected)
    expect(stats.rejected).toBe(0)
  })
})
