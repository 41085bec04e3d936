import type {
  Deployment,
  ObjectRef,
  Position,
  ReleaseSignal,
  SourcePartition,
} from '@kubesift/contracts'
import { firstAndLast } from './event-fact.ts'
import { compareRv } from './resource-version.ts'
import { union } from './union.ts'

/** What one object of a delivery tool has brought into a namespace. Grows by {@link joinRelease} only. */
export interface ReleaseFact {
  readonly t: 'release'
  readonly tool: string
  readonly involved: ObjectRef
  readonly rv: string
  readonly members: readonly string[]
  readonly deployments: readonly Deployment[]
  readonly records: readonly Position[]
}

const MAX_DEPLOYMENTS = 32

const text = (value: unknown): string => JSON.stringify(value)
const stateOf = ({ tool, involved, rv, members }: ReleaseFact): string =>
  text([rv, tool, involved, members])
const keyOf = ({ at, revision, package: chart }: Deployment): string =>
  `${at} ${revision} ${chart ?? ''}`

/** The least fact that holds both: commutative, associative, idempotent (property-tested). */
export const joinRelease = (a: ReleaseFact, b: ReleaseFact): ReleaseFact => {
  const order = compareRv(a.rv, b.rv)
  const newest = order === 0 ? (stateOf(a) >= stateOf(b) ? a : b) : order > 0 ? a : b
  return {
    ...newest,
    deployments: union(a.deployments, b.deployments, {
      key: keyOf,
      order: (x, y) => x.at - y.at || (keyOf(x) < keyOf(y) ? -1 : 1),
      pick: (x, y) => (text(x) >= text(y) ? x : y),
      keep: MAX_DEPLOYMENTS,
    }),
    records: firstAndLast([...a.records, ...b.records]),
  }
}

/** What one signal says, as a fact. */
export const releaseFact = (
  { release, offsets }: ReleaseSignal,
  source: SourcePartition,
): ReleaseFact => ({
  t: 'release',
  ...release,
  records: firstAndLast(offsets.map((offset) => ({ ...source, offset }))),
})
