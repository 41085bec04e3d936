import type { Truth } from '@kubesift/core-evaluation'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { miscounted, missed, spurious, wronglyEnded } from './judge.ts'
import { startPipeline, untilReady, type Pipeline } from './pipeline/processes.ts'
import { Reader } from './pipeline/reader.ts'
import { triage, type Triaged } from './pipeline/triage.ts'
import { Sender } from './pipeline/sender.ts'
import { leaseAt } from './pipeline/watched.ts'
import { recount, recountDump } from './recount.ts'
import { dumpOf, requestsOf, scenarios, streamsOf } from './scenario.ts'
import { loadTruth } from './truth.ts'

/** The clock is moved on by this much after the last record: longer than any stability window and the allowed lateness. */
const CALM_MS = 20 * 60_000
const WITHIN = { timeout: 90_000, interval: 250 }

let backing: TestBacking
let pipeline: Pipeline
let sender: Sender
let reader: Reader

/** Every recorded scenario is a cluster of its own; all go through the same pipeline at the same time. */
beforeAll(async () => {
  backing = await testBacking()
  pipeline = await startPipeline(backing)
  await Promise.all(Object.values(pipeline.stages).map((stage) => untilReady(stage)))
  sender = new Sender(backing)
  reader = new Reader(backing)
  for (const scenario of scenarios()) await sender.send(scenario, requestsOf(scenario))
})

afterAll(async () => {
  await reader.stop()
  await sender.close()
  await pipeline.stop()
  await backing.dispose()
})

/** Without objects nobody can know what only a state tells: an OOM kill is seen as the crash loop that follows it. */
const EVENTS_ONLY: Readonly<Record<string, string>> = { OutOfMemory: 'CrashLoop' }

const keysOf = (list: readonly { readonly key: string }[]): string[] =>
  list.map((i) => i.key).sort()

const told = (triaged: Triaged) =>
  Object.fromEntries(
    triaged.incidents.map((i) => [
      i.key,
      [
        i.severity,
        i.occurrenceCount,
        i.countQuality,
        i.firstSeenAt,
        i.lastSeenAt,
        i.hypothesis,
        i.group,
        i.primary,
      ],
    ]),
  )

const newestOf = (scenario: string): number => Math.max(...requestsOf(scenario).map((r) => r.at))

const only = (truth: Truth, keep: (g: Truth['expected']['groups'][number]) => boolean): Truth => ({
  ...truth,
  expected: { ...truth.expected, groups: truth.expected.groups.filter(keep) },
})

describe.each(scenarios())('through the running pipeline, the scenario %s', (scenario) => {
  const truth = loadTruth(scenario)
  const recounted = recount(scenario)
  const hasObjects = requestsOf(scenario).some((r) => r.stream === 'objects')

  test('shows every expected cause, nobody else, and the counts of the raw records', async () => {
    await vi.waitFor(() => {
      const found = reader.found(scenario)
      expect(missed(truth, found, hasObjects)).toEqual([])
      expect(miscounted(found, recounted)).toEqual([])
    }, WITHIN)
    expect(spurious(truth, reader.found(scenario))).toEqual([])
  })

  test('resolves what recovered once the clock has passed, and nothing before', async () => {
    expect(wronglyEnded(truth, reader.found(scenario), false)).toEqual([])
    const recovered = only(truth, (g) => g.recovered_at !== null)
    const end = newestOf(scenario)
    // One lease a minute: time passes, and no silence is long enough to be a gap.
    const leases = Array.from({ length: CALM_MS / 60_000 }, (_, i) =>
      leaseAt(end + (i + 1) * 60_000),
    )
    await sender.send(scenario, leases)
    await vi.waitFor(() => {
      expect(wronglyEnded(recovered, reader.found(scenario), true)).toEqual([])
    }, WITHIN)
    expect(spurious(truth, reader.found(scenario))).toEqual([])
    expect(miscounted(reader.found(scenario), recounted)).toEqual([])
  })

  test('is told the same by triage over the same OTLP lines', async () => {
    const until = new Date(newestOf(scenario) + CALM_MS - 120_000).toISOString()
    const triaged = await triage(streamsOf(scenario), ['--cluster', scenario, '--now', until])
    await vi.waitFor(() => {
      const now = Object.fromEntries(
        reader
          .of(scenario)
          .map((i) => [
            i.key,
            [
              i.severity,
              i.occurrenceCount,
              i.countQuality,
              Math.trunc(i.firstSeenAt),
              Math.trunc(i.lastSeenAt),
              i.analysis?.hypothesis,
              i.group,
              i.primary,
            ],
          ]),
      )
      expect(now).toEqual(told(triaged))
    }, WITHIN)
  })

  test.skipIf(dumpOf(scenario) === undefined)(
    'is told the same by triage over what kubectl shows: keys and counts',
    async () => {
      const triaged = await triage([dumpOf(scenario)!], ['--cluster', scenario])
      const found = triaged.incidents.map((i) => ({
        ...i,
        owner: `${i.namespace}/${i.resourceKind}/${i.resourceName}`,
        reasons: i.reasonCounts,
      }))
      // The dump holds the events of the namespace: nodes are not in it.
      const expected = reader
        .of(scenario)
        .filter(
          (i) =>
            i.namespace === truth.namespace && i.context.reasons.some((r) => r.source === 'event'),
        )
        .map((i) => ({ key: i.key.replace(/[^/]+$/, (p) => EVENTS_ONLY[p] ?? p) }))
      expect(keysOf(found)).toEqual(keysOf(expected))
      expect(miscounted(found, recountDump(dumpOf(scenario)!, scenario))).toEqual([])
    },
  )
})
