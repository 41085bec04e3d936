import { addPairs, adjustedRand, NO_PAIRS, pairwiseF1, type Pairs } from './clustering.ts'

/** So many right of so many that could be judged. */
export interface Share {
  readonly right: number
  readonly of: number
}

/** All that is counted in one scenario; tallies add up to that of many. */
export interface Tally {
  /** null: the scenario says nothing of incidents. */
  readonly incidents: {
    readonly expected: number
    readonly found: number
    readonly spurious: number
  } | null
  readonly pairs: Pairs
  /** The adjusted Rand index of each scenario that has at least two incidents to be grouped. */
  readonly randIndices: readonly number[]
  readonly owners: Share
  readonly changes: Share
  readonly causes: Share
  readonly severities: Share
  readonly events: number
  readonly warnings: number
  readonly opened: number
  readonly groups: number
  readonly openAtEnd: number
  readonly leftOpen: number
  readonly falseResolves: number
  /** How many pages a notifier would send. */
  readonly pages: number
}

export const NO_TALLY: Tally = {
  incidents: null,
  pairs: NO_PAIRS,
  randIndices: [],
  owners: { right: 0, of: 0 },
  changes: { right: 0, of: 0 },
  causes: { right: 0, of: 0 },
  severities: { right: 0, of: 0 },
  events: 0,
  warnings: 0,
  opened: 0,
  groups: 0,
  openAtEnd: 0,
  leftOpen: 0,
  falseResolves: 0,
  pages: 0,
}

const addShares = (a: Share, b: Share): Share => ({ right: a.right + b.right, of: a.of + b.of })

const addIncidents = (a: Tally['incidents'], b: Tally['incidents']): Tally['incidents'] =>
  a === null || b === null
    ? (a ?? b)
    : {
        expected: a.expected + b.expected,
        found: a.found + b.found,
        spurious: a.spurious + b.spurious,
      }

export const addTallies = (a: Tally, b: Tally): Tally => ({
  incidents: addIncidents(a.incidents, b.incidents),
  pairs: addPairs(a.pairs, b.pairs),
  randIndices: [...a.randIndices, ...b.randIndices],
  owners: addShares(a.owners, b.owners),
  changes: addShares(a.changes, b.changes),
  causes: addShares(a.causes, b.causes),
  severities: addShares(a.severities, b.severities),
  events: a.events + b.events,
  warnings: a.warnings + b.warnings,
  opened: a.opened + b.opened,
  groups: a.groups + b.groups,
  openAtEnd: a.openAtEnd + b.openAtEnd,
  leftOpen: a.leftOpen + b.leftOpen,
  falseResolves: a.falseResolves + b.falseResolves,
  pages: a.pages + b.pages,
})

/** The figures that a report shows. null: there is nothing that they could be of. */
export interface Figures {
  readonly expected: number | null
  readonly found: number | null
  readonly missed: number | null
  readonly spurious: number | null
  readonly pairwiseF1: number | null
  readonly adjustedRandIndex: number | null
  readonly falseMerges: number | null
  readonly falseSplits: number | null
  readonly compression: number | null
  readonly ownerAccuracy: number | null
  readonly changeNamed: number | null
  readonly severityAgreement: number | null
  readonly causeNamed: number | null
  readonly events: number
  readonly warnings: number
  readonly incidents: number
  readonly groups: number
  readonly openedPer100Warnings: number | null
  readonly openAtEnd: number
  readonly leftOpen: number | null
  readonly falseResolves: number | null
  readonly pages: number
  /** How many each share is of. */
  readonly n: {
    readonly pairs: number
    readonly clusterings: number
    readonly owners: number
    readonly changes: number
    readonly severities: number
    readonly causes: number
  }
}

const shareOf = ({ right, of }: Share): number | null => (of === 0 ? null : right / of)

const mean = (numbers: readonly number[]): number | null =>
  numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0) / numbers.length

const ratio = (a: number, b: number): number | null => (b === 0 ? null : a / b)

/** The figures of a tally, be it of one scenario or of all. */
export const figuresOf = (tally: Tally): Figures => {
  const { incidents, pairs, randIndices } = tally
  const grouped = randIndices.length > 0
  return {
    expected: incidents?.expected ?? null,
    found: incidents?.found ?? null,
    missed: incidents === null ? null : incidents.expected - incidents.found,
    spurious: incidents?.spurious ?? null,
    pairwiseF1: grouped ? pairwiseF1(pairs) : null,
    adjustedRandIndex: mean(randIndices),
    falseMerges: grouped ? pairs.merged : null,
    falseSplits: grouped ? pairs.split : null,
    compression: ratio(tally.events, tally.groups),
    ownerAccuracy: shareOf(tally.owners),
    changeNamed: shareOf(tally.changes),
    severityAgreement: shareOf(tally.severities),
    causeNamed: shareOf(tally.causes),
    events: tally.events,
    warnings: tally.warnings,
    incidents: tally.opened,
    groups: tally.groups,
    openedPer100Warnings: ratio(100 * tally.opened, tally.warnings),
    openAtEnd: tally.openAtEnd,
    leftOpen: incidents === null ? null : tally.leftOpen,
    falseResolves: incidents === null ? null : tally.falseResolves,
    pages: tally.pages,
    n: {
      pairs: pairs.together + pairs.merged + pairs.split + pairs.apart,
      clusterings: randIndices.length,
      owners: tally.owners.of,
      changes: tally.changes.of,
      severities: tally.severities.of,
      causes: tally.causes.of,
    },
  }
}

/** The pair counts and, from two incidents on, the index of one scenario's grouping. */
export const groupingOf = (pairs: Pairs): Pick<Tally, 'pairs' | 'randIndices'> => ({
  pairs,
  randIndices:
    pairs.together + pairs.merged + pairs.split + pairs.apart > 0 ? [adjustedRand(pairs)] : [],
})
