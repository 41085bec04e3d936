import type { Incident } from '@kubesift/contracts'
import { Failure } from '@kubesift/contracts'
import { CHANNELS, type Database } from './database.ts'
import { Session } from './session.ts'
import { WakeUp } from './wake-up.ts'

/** A place in the sequence of changes of one store. */
export interface Cursor {
  /** The store that counts: after a purge the numbers begin anew, and an old cursor must not be taken for one of them. */
  readonly store: string
  readonly seq: number
}

/** One change: the incident as it was published at this place. */
export interface Change {
  readonly seq: number
  readonly incident: Incident
}

/** What follows a cursor; `gone` when that is no longer (or never was) known here. */
export type Changes =
  | { readonly ok: true; readonly changes: readonly Change[] }
  | { readonly ok: false; readonly gone: string }

interface StateRow {
  readonly store: string
  readonly last: string
  readonly pruned: string
}

const RETRY_MS = 1_000
/** A notification can be lost with a connection; a watcher never waits longer than this. */
const SAFETY_POLL_MS = 1_000

/** The published changes in their order, and a bell that rings when there are more. */
export class ChangeFeed {
  readonly #database: Database
  readonly #url: string
  readonly #connection: (lost: string | undefined) => void
  readonly #watchers = new Set<WakeUp>()
  readonly #pause = new WakeUp()

  constructor(
    database: Database,
    url: string,
    connection: (lost: string | undefined) => void = () => undefined,
  ) {
    this.#database = database
    this.#url = url
    this.#connection = connection
  }

  /** Where the sequence stands now. */
  async now(): Promise<Cursor> {
    const { store, last } = await this.#state()
    return { store, seq: Number(last) }
  }

  /** The changes after a cursor, oldest first. */
  async after(cursor: Cursor, limit: number): Promise<Changes> {
    const rows = await this.#database.rows<{ seq: string; payload: string }>(
      'select seq, payload from outbox where seq > $1 order by seq limit $2',
      [cursor.seq, limit],
    )
    // Read after the rows: what was forgotten in between shows here, so a gap cannot pass for an answer.
    const { store, last, pruned } = await this.#state()
    if (store !== cursor.store) return { ok: false, gone: 'the cursor is of another store' }
    if (cursor.seq > Number(last)) return { ok: false, gone: 'the cursor was never given out' }
    if (cursor.seq < Number(pruned)) return { ok: false, gone: 'the cursor has expired' }
    const changes = rows.map(({ seq, payload }) => ({
      seq: Number(seq),
      incident: JSON.parse(payload) as Incident,
    }))
    return { ok: true, changes }
  }

  /** A bell for one watcher: wait on it, and give it back. */
  watch(): {
    readonly wait: (signal: AbortSignal) => Promise<void>
    readonly close: () => void
  } {
    const bell = new WakeUp()
    this.#watchers.add(bell)
    return {
      wait: (signal) => bell.wait(SAFETY_POLL_MS, signal),
      close: () => void this.#watchers.delete(bell),
    }
  }

  /**
   * Listens for changes until told to stop; without a connection the watchers poll. This connection is always open, so it is also what
   * tells the service whether Postgres is there.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#listen(signal)
      } catch (error) {
        if (!(error instanceof Failure) || error.next !== 'retry') throw error
        this.#connection(error.message)
        await this.#pause.wait(RETRY_MS, signal)
      }
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const session = await Session.open(this.#url, 'kubesift-watch', CHANNELS.change)
    try {
      this.#connection(undefined)
      while (!signal.aborted) {
        session.check()
        for (const bell of this.#watchers) bell.call()
        await session.wakeUp.wait(60_000, signal)
      }
    } finally {
      await session.close()
    }
  }

  async #state(): Promise<StateRow> {
    const [row] = await this.#database.rows<StateRow>(
      'select store_id as store, last_seq as last, pruned_seq as pruned from relay_state',
    )
    if (row === undefined) throw new Error('relay_state has lost its only row; restore it')
    return row
  }
}
