/** Where this adapter writes its few lines; the shape of a pino logger. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const nothing = (): void => undefined

/** Says nothing: for tests and for callers that report in their own way. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * One line when something goes away and one when it is back, however often and by however many either is noticed: it is back when
 * all who missed it (`who`) have found it again.
 */
export class Outage {
  readonly #log: Log
  readonly #what: string
  readonly #missed = new Map<string, string>()
  #since = 0

  constructor(log: Log, what: string) {
    this.#log = log
    this.#what = what
  }

  /** The reason while it lasts. */
  get why(): string | undefined {
    return this.#missed.values().next().value
  }

  begins(why: string, who = ''): void {
    const first = this.#missed.size === 0
    this.#missed.set(who, why)
    if (!first) return
    this.#since = Date.now()
    this.#log.warn({ why }, `${this.#what}: waiting: ${why}`)
  }

  ends(who = ''): void {
    if (!this.#missed.delete(who) || this.#missed.size > 0) return
    const seconds = Math.round((Date.now() - this.#since) / 1000)
    this.#log.info({ seconds }, `${this.#what}: back after ${seconds} s`)
  }

  /** Without a word: whatever was waited for is no longer ours. */
  forget(who = ''): void {
    this.#missed.delete(who)
  }
}
