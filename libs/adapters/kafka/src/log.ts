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

/** One line when something goes away and one when it is back, however often either is noticed. */
export class Outage {
  readonly #log: Log
  readonly #what: string
  #since: number | undefined
  #why: string | undefined

  constructor(log: Log, what: string) {
    this.#log = log
    this.#what = what
  }

  /** The reason while it lasts. */
  get why(): string | undefined {
    return this.#why
  }

  begins(why: string): void {
    this.#why = why
    if (this.#since !== undefined) return
    this.#since = Date.now()
    this.#log.warn({ why }, `${this.#what}: waiting: ${why}`)
  }

  /** Without a word: whatever was waited for is no longer ours. */
  forget(): void {
    this.#since = undefined
    this.#why = undefined
  }

  ends(): void {
    if (this.#since === undefined) return
    const seconds = Math.round((Date.now() - this.#since) / 1000)
    this.#since = undefined
    this.#why = undefined
    this.#log.info({ seconds }, `${this.#what}: back after ${seconds} s`)
  }
}
