import type { Expectation, ExpectedGroup } from './expectation.ts'
import type { Findings, Found, Input } from './found.ts'
import { score, type Judges } from './score.ts'
import { figuresOf } from './tally.ts'

export const AT = '2026-11-21T01:00:00Z'
const instantOf = (text: string): number => (text === AT ? 1_000_000 : Number.NaN)
export const judges: Judges = { instantOf, settleMs: () => 30_000 }

export const group = (id: string, more: Partial<ExpectedGroup> = {}): ExpectedGroup => ({
  id,
  owners: [`shop/Deployment/${id}`],
  objects: [],
  problems: ['CrashLoop'],
  classes: ['bad-rollout'],
  affected: [`shop/Deployment/${id}`],
  optional: false,
  recovered: null,
  recoveredAt: null,
  mayStayOpen: [],
  change: null,
  severities: null,
  ...more,
})

export const expecting = (
  groups: readonly ExpectedGroup[] | null,
  more: Partial<Expectation> = {},
): Expectation => ({ groups, ignore: [], nothing: 'as-grouped', owned: [], ...more })

export const found = (name: string, more: Partial<Found> = {}): Found => ({
  owner: `shop/Deployment/${name}`,
  problem: 'CrashLoop',
  status: 'open',
  cause: 'bad-rollout',
  label: name,
  group: name,
  severity: 'P2',
  changes: [],
  ...more,
})

const NO_INPUT: Input = { events: 0, warnings: [] }
export const scored = (
  expectation: Expectation,
  incidents: readonly Found[],
  { input = NO_INPUT, settled = incidents, filed = [] as Findings['filed'] } = {},
) => {
  const { tally, faults } = score(expectation, input, { incidents, settled, filed }, judges)
  return { ...figuresOf(tally), faults }
}
