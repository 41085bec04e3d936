import { MissingPrerequisite, type Daemon } from '@kubesift/adapter-backing'
import { setTimeout as pause } from 'node:timers/promises'
import type { UnitState } from '../frame/state.ts'
import { crashesInARow, waitBeforeRestart } from './restart-policy.ts'

const LIFE_POLL_MS = 500
/** Every so many polls it is asked whether it is ready. */
const READY_EVERY = 4
/** A backing service that never answered in so many starts will not do so in the next one. */
const HOPELESS_AFTER = 3

export interface UnitOptions {
  readonly daemon: Daemon
  readonly kind: 'backing' | 'service'
  readonly address?: string
  readonly healthPort?: number
  readonly changed: () => void
}

/** Keeps one daemon running: starts or adopts it, watches it, starts it again after a crash, with growing waits. */
export class Unit {
  readonly daemon: Daemon
  #state: UnitState
  readonly #changed: () => void
  #crashes = 0
  #everReady = false

  constructor({ daemon, kind, address, healthPort, changed }: UnitOptions) {
    this.daemon = daemon
    this.#changed = changed
    this.#state = {
      name: daemon.spec.name,
      kind,
      status: kind === 'backing' ? 'starting' : 'waiting',
      restarts: 0,
      since: Date.now(),
      ...(address === undefined ? {} : { address }),
      ...(healthPort === undefined ? {} : { healthPort }),
    }
  }

  get state(): UnitState {
    return this.#state
  }

  /** Resolves when it is ready for the first time; rejects when that cannot be. */
  readonly ready = Promise.withResolvers<void>()

  /** Until `signal` aborts. What is missing on this machine is thrown: no restart helps there. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const readyAt = await this.#start(signal)
      if (readyAt !== undefined) await this.#watch(signal)
      if (signal.aborted) return
      this.#crashes = crashesInARow(
        this.#crashes,
        readyAt === undefined ? undefined : Date.now() - readyAt,
      )
      await this.#backOff(signal)
    }
  }

  /** Ends the process; what `run` does by then is up to its signal. */
  async stop(): Promise<void> {
    await this.daemon.stop()
    this.#becomes('stopped')
  }

  async #start(signal: AbortSignal): Promise<number | undefined> {
    this.#becomes('starting')
    try {
      await this.daemon.start(signal, () => this.#becomes('starting'))
    } catch (why) {
      if (signal.aborted) return undefined
      // it may hang instead of having ended
      await this.daemon.stop()
      if (why instanceof MissingPrerequisite) throw this.#giveUp(why)
      this.#becomes('starting', why instanceof Error ? why.message : String(why))
      if (this.#hopeless) throw this.#giveUp(why)
      return undefined
    }
    this.#everReady = true
    this.ready.resolve()
    this.#becomes('ready')
    return Date.now()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    for (let poll = 1; await sleep(LIFE_POLL_MS, signal); poll += 1) {
      if (this.daemon.process === undefined) return this.#becomes('starting', this.daemon.lastWords)
      if (poll % READY_EVERY !== 0) continue
      const ready = await this.daemon.isReady()
      if (ready && this.#state.status !== 'ready') this.#becomes('ready')
      if (!ready && this.#state.status === 'ready')
        this.#becomes('unready', 'it runs but does not answer that it is ready')
    }
  }

  async #backOff(signal: AbortSignal): Promise<void> {
    this.#state = { ...this.#state, restarts: this.#state.restarts + 1 }
    this.#becomes('backoff', this.#state.reason)
    await sleep(waitBeforeRestart(this.#crashes), signal)
  }

  get #hopeless(): boolean {
    return this.#state.kind === 'backing' && !this.#everReady && this.#crashes + 1 >= HOPELESS_AFTER
  }

  #giveUp(why: unknown): unknown {
    this.ready.promise.catch(() => undefined)
    this.ready.reject(why)
    return why
  }

  #becomes(status: UnitState['status'], reason?: string): void {
    const { pid: _pid, reason: _reason, ...rest } = this.#state
    const pid = this.daemon.process?.pid
    this.#state = {
      ...rest,
      status,
      since: status === rest.status ? rest.since : Date.now(),
      ...(pid === undefined ? {} : { pid }),
      ...(reason === undefined ? {} : { reason }),
    }
    this.#changed()
  }
}

/** False when it was cut short. */
const sleep = async (ms: number, signal: AbortSignal): Promise<boolean> => {
  try {
    await pause(ms, undefined, { signal })
    return true
  } catch (why) {
    if (signal.aborted) return false
    throw why
  }
}
