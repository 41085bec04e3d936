import { setTimeout as sleep } from 'node:timers/promises'
import { untilReady, type Pipeline, type StageName, type StageProcess } from '@kubesift/e2e'

export interface ChaosCounts {
  readonly kills: Readonly<Record<string, number>>
  readonly suspended: number
  readonly joined: number
  readonly emptied: number
}

const STAGES: readonly StageName[] = [
  'normalise',
  'assemble',
  'incident-store',
  'ai-analyst',
  'notifier',
]
/** Longer than the session timeout of these processes (6 s): others take over meanwhile. */
const SUSPENDED_MS = 8_000
const JOINED_MS = 6_000
/** Between two kills; shorter than a process needs to be ready again. */
const PAUSE_MS = 700

/** What happens to processes in production, all at once. A fixed course: the n-th fault is the same in every run. */
export class Chaos {
  readonly #pipeline: Pipeline
  readonly #empty: () => Promise<void>
  readonly #processes: StageProcess[]
  readonly #pending: Promise<void>[] = []
  readonly #kills: Record<string, number> = {}
  #suspended = 0
  #joined = 0
  #emptied = 0

  constructor(pipeline: Pipeline, empty: () => Promise<void>) {
    this.#pipeline = pipeline
    this.#empty = empty
    this.#processes = Object.values(pipeline.stages)
  }

  get counts(): ChaosCounts {
    const { suspended, joined, emptied } = {
      suspended: this.#suspended,
      joined: this.#joined,
      emptied: this.#emptied,
    }
    return { kills: { ...this.#kills }, suspended, joined, emptied }
  }

  /** A second process of every stage. */
  async doubled(): Promise<void> {
    for (const stage of STAGES) {
      const process = await this.#pipeline.add(`${stage}-2`, stage)
      process.start()
      this.#processes.push(process)
      await untilReady(process)
    }
  }

  /** One kill, and now and then something worse beside it. */
  async next(step: number): Promise<void> {
    const process = this.#processes[(step * 7) % this.#processes.length]!
    await this.#kill(process)
    if (step % 25 === 10) this.#beside(this.#suspend(step))
    if (step % 25 === 20) this.#beside(this.#join(step))
    if (step % 60 === 50) {
      await this.#empty()
      this.#emptied += 1
    }
    await sleep(PAUSE_MS)
  }

  /** No more faults: all run, none is suspended. */
  async calm(): Promise<void> {
    await Promise.all(this.#pending)
    for (const process of this.#processes) if (!process.running) process.start()
    await Promise.all(this.#processes.map((process) => untilReady(process, 120_000)))
  }

  async #kill(process: StageProcess): Promise<void> {
    await process.end('SIGKILL')
    process.start()
    this.#kills[process.stage] = (this.#kills[process.stage] ?? 0) + 1
  }

  async #suspend(step: number): Promise<void> {
    const halves = this.#processes.filter(
      ({ stage }) => stage === 'assemble' || stage === 'normalise',
    )
    const process = halves[step % halves.length]!
    process.signal('SIGSTOP')
    this.#suspended += 1
    await sleep(SUSPENDED_MS)
    process.signal('SIGCONT')
  }

  async #join(step: number): Promise<void> {
    const stage = step % 2 === 0 ? 'assemble' : 'normalise'
    const third = await this.#pipeline.add(`${stage}-3-${step}`, stage)
    third.start()
    this.#joined += 1
    await sleep(JOINED_MS)
    await third.end(step % 4 === 0 ? 'SIGKILL' : 'SIGTERM')
  }

  #beside(work: Promise<void>): void {
    this.#pending.push(work)
  }
}
