import type { Outage } from './log.ts'
import type { Partitions } from './partitions.ts'
import type { LoopProgress } from './progress.ts'

/** What a consumer waits for: Kafka itself, or what its handler needs. Told once per change, and shown as its progress. */
export class Waits {
  readonly #kafka: Outage
  readonly #dependency: Outage
  readonly #progress: LoopProgress
  readonly #partitions: Partitions
  readonly #who: string

  constructor(
    outages: { readonly kafka: Outage; readonly dependency: Outage },
    partitions: Partitions,
    progress: LoopProgress,
    who: string,
  ) {
    this.#who = who
    this.#kafka = outages.kafka
    this.#dependency = outages.dependency
    this.#partitions = partitions
    this.#progress = progress
  }

  get reasons(): readonly string[] {
    return [this.#kafka.why, this.#dependency.why].filter((why) => why !== undefined)
  }

  /** The session is lost, or in doubt: Kafka does not count as back before the group has heard from us again. */
  forKafka(why: string): void {
    this.#kafka.begins(why, this.#who)
    this.report()
  }

  /** The group has heard from us. */
  kafkaAnswers(): void {
    this.#kafka.ends(this.#who)
    this.report()
  }

  ended(): void {
    this.#kafka.forget(this.#who)
  }

  forDependency(why: string): void {
    this.#dependency.begins(why)
    this.report()
  }

  /** Something succeeded: nothing is in the way any more once no partition waits. */
  settled(): void {
    if (this.#partitions.all.some(({ attempts }) => attempts > 0)) return
    this.#dependency.ends()
    this.report()
  }

  /** The partitions are somebody else's now, and so is what they waited for. */
  forget(): void {
    this.#dependency.forget()
    this.report()
  }

  report(): void {
    this.#progress.blocked(this.reasons[0])
  }
}
