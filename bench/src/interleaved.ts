/** One way to do the work that is compared. It answers how many records it did, so that no work can be optimised away unseen. */
export interface Variant {
  readonly name: string
  readonly run: (payload: Uint8Array) => number | Promise<number>
}

export interface Measured {
  readonly name: string
  /** Median over the rounds, of records per second of CPU of the whole process (garbage collection included). */
  readonly recordsPerCpuSecond: number
  readonly rounds: readonly number[]
}

export interface RoundPlan {
  readonly rounds: number
  readonly warmUpRounds: number
  /** CPU time that each variant gets in each round, at least. */
  readonly roundCpuMs: number
}

/** One competitor whose turn answers its rate by itself: for work that is done in other processes. */
export interface Turn {
  readonly name: string
  /** Records per CPU-second of this turn. */
  readonly take: () => number | Promise<number>
}

/**
 * Runs the turns of each round one after another, so that a change in the machine's mood meets all of them, and starts each
 * round with another one, so that none always follows the same neighbour. Put one in twice to see the noise.
 */
export const takeTurns = async (
  turns: readonly Turn[],
  { rounds, warmUpRounds }: Pick<RoundPlan, 'rounds' | 'warmUpRounds'>,
  signal?: AbortSignal,
): Promise<readonly Measured[]> => {
  const taken = turns.map((): number[] => [])
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const turn of turns.keys()) {
      signal?.throwIfAborted()
      const i = (turn + round + warmUpRounds) % turns.length
      const rate = await (turns[i] as Turn).take()
      if (round >= 0) taken[i]?.push(rate)
    }
  }
  return turns.map(({ name }, i) => ({
    name,
    recordsPerCpuSecond: median(taken[i] ?? []),
    rounds: taken[i] ?? [],
  }))
}

/** The variants in turns over the same payloads, in this process. */
export const measureInterleaved = (
  variants: readonly Variant[],
  payloads: readonly Uint8Array[],
  plan: RoundPlan,
): Promise<readonly Measured[]> =>
  takeTurns(
    variants.map((variant) => ({
      name: variant.name,
      take: () => oneTurn(variant, payloads, plan.roundCpuMs),
    })),
    plan,
  )

/** How many times as fast `a` was as `b`: the median over the rounds, each compared with its own. */
export const timesAsFast = (a: Measured | undefined, b: Measured | undefined): number =>
  median((a?.rounds ?? []).map((rate, round) => rate / (b?.rounds[round] ?? NaN)))

const oneTurn = async (
  { run }: Variant,
  payloads: readonly Uint8Array[],
  cpuMs: number,
): Promise<number> => {
  const start = process.cpuUsage()
  let records = 0
  for (;;) {
    for (const payload of payloads) {
      const done = run(payload)
      records += typeof done === 'number' ? done : await done
    }
    const { user, system } = process.cpuUsage(start)
    if (user + system >= cpuMs * 1000) return (records / (user + system)) * 1e6
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >>> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** The smallest of the values that at least this share of them does not exceed (nearest rank); NaN of none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}
