import type { Cluster, Progress } from '@kubesift/contracts'
import { sourcesAfter, sourcesOf, type Clock } from '@kubesift/core-context'

/** Counts of sources are told so often at most, by the time of progress records; one that is new is told at once. */
const EVERY_MS = 30_000

interface Last {
  readonly at: number
  readonly names: string
  readonly text: string
}

/** The sources of the clusters that are at home in one partition. What was told is forgotten with the process: then all is told once more. */
export class ToldSources {
  readonly #last = new Map<string, Last>()
  readonly #due: Cluster[] = []

  /** The clock with what a progress record tells of sources. */
  after(clock: Clock, progress: Progress, partition: number): Clock {
    const seen = sourcesAfter(clock.seen ?? {}, progress, (home) => home === partition)
    if (Object.keys(seen).length === 0) return clock
    const after = { ...clock, seen }
    for (const cluster of Object.keys(seen)) this.#look(after, cluster, progress.writtenAt)
    return after
  }

  #look({ seen = {} }: Clock, cluster: string, at: number): void {
    const sources = sourcesOf(seen, cluster)
    const text = JSON.stringify(sources)
    const names = sources.map(({ source }) => source).join()
    const last = this.#last.get(cluster)
    if (last?.text === text) return
    const since = at - (last?.at ?? -Infinity)
    if (last?.names === names && since >= 0 && since < EVERY_MS) return
    this.#last.set(cluster, { at, names, text })
    this.#due.push({ cluster, at, sources })
  }

  /** What is to be told since this was asked last. */
  take(): Cluster[] {
    return this.#due.splice(0)
  }
}
