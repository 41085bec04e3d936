import { quantilesOf, type Quantiles } from './quantiles.ts'

/** The others by themselves, or beside the namespace that has most of the load. */
export type Side = 'alone' | 'beside'

/** Each side as often as the other, and in the middle of the run on the average: what drifts meets both (a b, b a, a b …). */
export const sidesOf = (rounds: number): readonly Side[] =>
  Array.from({ length: rounds }, (_, round): Side[] =>
    round % 2 === 0 ? ['alone', 'beside'] : ['beside', 'alone'],
  ).flat()

/** What one turn has measured, in milliseconds. */
export interface FairTurn {
  readonly side: Side
  readonly probes: number
  /** Not seen within half a minute. */
  readonly missing: number
  /** From a record to its context, of all probes … */
  readonly context: readonly number[]
  /** … and of those whose namespaces share the partition of the heavy one. */
  readonly besideHeavy: readonly number[]
  /** From a record to the row of its incident. */
  readonly committed: readonly number[]
  readonly records: number
  readonly seconds: number
  readonly cpuMs: Readonly<Record<Worked, number>>
  /** Records of `otel-logs` and of `signals` that were left when the last was sent. */
  readonly left: Readonly<Record<Worked, number>>
}

/** The two stages that a namespace can crowd. */
export type Worked = 'normalise' | 'assemble'

export interface FairSide {
  readonly probes: number
  readonly missing: number
  readonly recordsPerSecond: number
  readonly context: Quantiles
  readonly besideHeavy: Quantiles
  readonly committed: Quantiles
  /** Share of a core that each took. */
  readonly cores: Readonly<Record<Worked, number>>
  /** The most that was left at the end of a turn. */
  readonly left: Readonly<Record<Worked, number>>
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** The turns of one side as one. */
export const sideOf = (turns: readonly FairTurn[], side: Side): FairSide => {
  const own = turns.filter((turn) => turn.side === side)
  const all = (of: (turn: FairTurn) => readonly number[]): Quantiles => quantilesOf(own.flatMap(of))
  const seconds = sum(own.map((turn) => turn.seconds))
  const cores = (stage: Worked): number => sum(own.map((t) => t.cpuMs[stage])) / 1000 / seconds
  const left = (stage: Worked): number => Math.max(0, ...own.map((turn) => turn.left[stage]))
  return {
    probes: sum(own.map((turn) => turn.probes)),
    missing: sum(own.map((turn) => turn.missing)),
    recordsPerSecond: sum(own.map((turn) => turn.records)) / seconds,
    context: all((turn) => turn.context),
    besideHeavy: all((turn) => turn.besideHeavy),
    committed: all((turn) => turn.committed),
    cores: { normalise: cores('normalise'), assemble: cores('assemble') },
    left: { normalise: left('normalise'), assemble: left('assemble') },
  }
}

export interface FairnessResult {
  readonly recordsPerSecond: number
  readonly heavyShare: number
  readonly alone: FairSide
  readonly beside: FairSide
}

/** How many times as long the others wait, of a quantile of both sides. */
export const timesAsLong = (
  { alone, beside }: Pick<FairnessResult, 'alone' | 'beside'>,
  of: 'context' | 'committed',
  quantile: keyof Quantiles,
): number => beside[of][quantile] / alone[of][quantile]
