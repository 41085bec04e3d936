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

/**
 * Runs the variants in turns over the same payloads, so that a change in the machine's mood meets all of them, and
 * starts each round with another one, so that none always follows the same neighbour. Put one in twice to see the noise.
 */
export const measureInterleaved = async (
  variants: readonly Variant[],
  payloads: readonly Uint8Array[],
  plan: RoundPlan,
): Promise<readonly Measured[]> => {
  const rounds = variants.map((): number[] => [])
  for (let round = -plan.warmUpRounds; round < plan.rounds; round += 1) {
    for (const turn of variants.keys()) {
      const i = (turn + round + plan.warmUpRounds) % variants.length
      const rate = await oneTurn(variants[i] as Variant, payloads, plan.roundCpuMs)
      if (round >= 0) rounds[i]?.push(rate)
    }
  }
  return variants.map(({ name }, i) => ({
    name,
    recordsPerCpuSecond: median(rounds[i] ?? []),
    rounds: rounds[i] ?? [],
  }))
}

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
