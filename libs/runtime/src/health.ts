import { Progress } from './progress.ts'

/** Why a part is not ready; empty when it is. */
export type ReadyCheck = () => readonly string[] | Promise<readonly string[]>

/** What a service is at that takes long, in words for machines; undefined when it is at no such thing. */
export type Report = () => unknown

export interface Liveness {
  readonly ok: boolean
  readonly stalled: readonly string[]
}

export interface Readiness {
  readonly ok: boolean
  readonly reasons: readonly string[]
}

/** What a service answers about itself: alive by its loops' progress, ready by its dependencies. */
export class Health {
  readonly #stallMs: number
  readonly #loops = new Map<string, Progress>()
  readonly #checks: ReadyCheck[] = []
  readonly #reports = new Map<string, Report>()
  #reason: string | undefined = 'starting'

  constructor(stallMs: number) {
    this.#stallMs = stallMs
  }

  /** The progress of one loop, made at the first call with that name. */
  progress(loop: string): Progress {
    const progress = this.#loops.get(loop) ?? new Progress()
    this.#loops.set(loop, progress)
    return progress
  }

  check(check: ReadyCheck): void {
    this.#checks.push(check)
  }

  /** Told by `/healthz` under this name as long as there is something to tell; it decides nothing. */
  report(name: string, report: Report): void {
    this.#reports.set(name, report)
  }

  told(): Readonly<Record<string, unknown>> {
    const told = [...this.#reports].map(([name, report]) => [name, report()] as const)
    return Object.fromEntries(told.filter(([, what]) => what !== undefined))
  }

  started(): void {
    this.#reason = undefined
  }

  stopping(): void {
    this.#reason = 'stopping'
  }

  liveness(): Liveness {
    const stalled = [...this.#loops]
      .map(([loop, progress]) => ({ loop, ms: progress.stalledMs() }))
      .filter(({ ms }) => ms > this.#stallMs)
      .map(({ loop, ms }) => `${loop} has not moved for ${Math.round(ms / 1000)} s`)
    return { ok: stalled.length === 0, stalled }
  }

  async readiness(): Promise<Readiness> {
    const blocked = [...this.#loops.values()].flatMap(({ why }) => why ?? [])
    const checked = await Promise.all(this.#checks.map(reasonsOf))
    const reasons = [
      ...new Set([
        ...(this.#reason === undefined ? [] : [this.#reason]),
        ...blocked,
        ...checked.flat(),
      ]),
    ]
    return { ok: reasons.length === 0, reasons }
  }
}

/** A check that fails is a reason like any other, not a broken probe. */
const reasonsOf = async (check: ReadyCheck): Promise<readonly string[]> => {
  try {
    return await check()
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
