import { testBacking, type TestBacking } from '@kubesift/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { miscounted, missed, spurious, wronglyEnded } from './judge.ts'
import { startPipeline, untilReady, type Pipeline } from './pipeline/processes.ts'
import { Reader } from './pipeline/reader.ts'
import { leaseAt, Sender } from './pipeline/sender.ts'
import { recount } from './recount.ts'
import { requestsOf, scenarios } from './scenario.ts'
import { loadTruth, type Truth } from './truth.ts'

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
})
