import type { Incident } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { miscounted, missed, spurious, type Found } from '../judge.ts'
import type { TruthGroup } from './script.ts'
import { disordered, type Disorder } from './disorder.ts'
import { incidentsOfStorm } from './expected.ts'
import type { Said } from './records.ts'
import { labelledStorm, type LabelledStorm, type StormShape } from './storm.ts'

const CLUSTER = 'made'
const incidentsIn = (said: readonly Said[], end: number): Incident[] =>
  incidentsOfStorm(said, CLUSTER, end)

const ownerOf = (i: Incident): string => `${i.namespace}/${i.resourceKind}/${i.resourceName}`

const foundIn = (incidents: readonly Incident[]): Found[] =>
  incidents.map((i) => ({
    owner: ownerOf(i),
    problem: i.problem,
    status: i.status,
    firstSeenAt: i.firstSeenAt,
    lastSeenAt: i.lastSeenAt,
    reasons: i.context.reasons,
  }))

/** An owner may be hit twice, by different causes at different times. */
const isWithin = ({ firstSeenAt }: Incident, group: TruthGroup): boolean =>
  firstSeenAt >= Date.parse(group.change?.at ?? '') - 1_000 &&
  firstSeenAt <= Date.parse(group.recovered_at ?? '')

/** Pairs of incidents that are wrongly apart or together, by name. */
const misgrouped = (incidents: readonly Incident[], { truth }: LabelledStorm): string[] => {
  const labelOf = (i: Incident): string[] =>
    truth.expected.groups
      .filter((g) => g.affected.includes(ownerOf(i)) && isWithin(i, g))
      .map((g) => g.id)
  return incidents.flatMap((a, n) =>
    incidents.slice(n + 1).flatMap((b) => {
      const together = labelOf(a).some((label) => labelOf(b).includes(label))
      const names = `${ownerOf(a)} ${a.problem} and ${ownerOf(b)} ${b.problem}`
      if (together === (a.group === b.group)) return []
      return [together ? `apart: ${names}` : `together: ${names}`]
    }),
  )
}

/** What must not depend on the way the records took. */
const essence = (incidents: readonly Incident[]) =>
  incidents
    .map((i) => ({
      key: i.key,
      episode: i.episode,
      group: i.group,
      primary: i.primary,
      status: i.status,
      severity: i.severity,
      resolution: i.resolution,
      count: i.occurrenceCount,
      quality: i.countQuality,
      firstSeenAt: i.firstSeenAt,
      lastSeenAt: i.lastSeenAt,
      changes: i.context.changes.map((c) => ({ ...c, evidence: '' })),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.episode - b.episode))

const aShape: fc.Arbitrary<StormShape> = fc.record({
  seed: fc.nat(1_000_000),
  nodes: fc.integer({ min: 2, max: 6 }),
  namespaces: fc.integer({ min: 1, max: 4 }),
  workloadsPerNamespace: fc.integer({ min: 2, max: 6 }),
  crashes: fc.integer({ min: 0, max: 4 }),
  images: fc.integer({ min: 0, max: 3 }),
  configs: fc.integer({ min: 0, max: 2 }),
  nodesDown: fc.integer({ min: 0, max: 1 }),
  rollOuts: fc.integer({ min: 0, max: 3 }),
  expiring: fc.constantFrom(0, 0.1, 1),
})

const SOME_FAULTS = { crashes: 2, images: 1, configs: 1, nodesDown: 1, rollOuts: 1 }

const aDisorder: fc.Arbitrary<Disorder> = fc.record({
  seed: fc.nat(1_000_000),
  duplicates: fc.constantFrom(0, 0.3, 1),
  late: fc.constantFrom(0, 0.2, 1),
  lateMs: fc.constantFrom(1_000, 100_000),
  unseenPods: fc.constant(0),
})

describe('a storm that is made up', () => {
  test(
    'shows each cause once, nobody else, and the counts that were told',
    { timeout: 120_000 },
    () => {
      fc.assert(
        fc.property(aShape, (shape) => {
          const storm = labelledStorm(shape)
          const found = foundIn(incidentsIn(storm.said, storm.end))
          expect(missed(storm.truth, found, true)).toEqual([])
          expect(spurious(storm.truth, found)).toEqual([])
          expect(miscounted(found, storm.counts)).toEqual([])
        }),
        { numRuns: 40 },
      )
    },
  )

  test('is grouped by its causes', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(aShape, (shape) => {
        const storm = labelledStorm(shape)
        expect(misgrouped(incidentsIn(storm.said, storm.end), storm)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('has ended when everything has recovered', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(aShape, (shape) => {
        const storm = labelledStorm(shape)
        const open = incidentsIn(storm.said, storm.end).filter((i) => i.status !== 'resolved')
        expect(open.map((i) => i.key)).toEqual([])
      }),
      { numRuns: 20 },
    )
  })

  test('is the same whichever way its records took', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(aShape, aDisorder, (shape, disorder) => {
        const storm = labelledStorm(shape)
        const orderly = essence(incidentsIn(storm.said, storm.end))
        expect(essence(incidentsIn(disordered(storm.said, disorder), storm.end))).toEqual(orderly)
      }),
      { numRuns: 30 },
    )
  })

  test('finds the owners of pods that nobody has seen', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(aShape, fc.nat(1_000_000), (shape, seed) => {
        const storm = labelledStorm(shape)
        const unseen = { seed, duplicates: 0, late: 0, lateMs: 0, unseenPods: 0.5 }
        const found = foundIn(incidentsIn(disordered(storm.said, unseen), storm.end))
        expect(missed(storm.truth, found, true)).toEqual([])
        expect(spurious(storm.truth, found)).toEqual([])
        expect(miscounted(found, storm.counts)).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('has Events that expired and were made anew, if it is asked to', () => {
    const shape = { seed: 7, nodes: 3, namespaces: 2, workloadsPerNamespace: 4, expiring: 0.5 }
    const { counts, said } = labelledStorm({ ...shape, ...SOME_FAULTS })
    const uids = new Set(said.flatMap((s) => (s.t === 'event' ? [s.uid] : [])))
    const names = new Set(said.flatMap((s) => (s.t === 'event' ? [s.name] : [])))
    expect(uids.size).toBeGreaterThan(2 * names.size)
    expect(counts.reduce((sum, { uids: n }) => sum + n, 0)).toBe(uids.size)
  })

  test('is the same storm for the same seed', () => {
    const shape = { seed: 7, nodes: 3, namespaces: 2, workloadsPerNamespace: 4 }
    const storm = labelledStorm({ ...shape, ...SOME_FAULTS })
    expect(labelledStorm({ ...shape, ...SOME_FAULTS })).toEqual(storm)
  })
})
