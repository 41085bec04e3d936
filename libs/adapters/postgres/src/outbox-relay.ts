import { Failure } from '@kubesift/contracts'
import { CHANNELS, LOCKS } from './database.ts'
import { asFailure } from './errors.ts'
import {
  markPublished,
  nextWaiting,
  prune,
  setAside,
  type OutboxMessage,
  type Retention,
  type Waiting,
} from './relay-statements.ts'
import { Session } from './session.ts'
import { WakeUp } from './wake-up.ts'

/** How the relay tells what it does. */
export interface RelayFacts {
  /** The relay of this process holds the lock (and so is the only one), or no longer. */
  readonly leading: (leads: boolean) => void
  readonly published: (count: number) => void
  /** A dependency is away (a reason), or back (undefined). */
  readonly blocked: (why: string | undefined) => void
  /** A message that its topic can never take was set aside: somebody has to look. */
  readonly setAside: (topic: string, why: string) => void
}

export interface RelayOptions {
  readonly url: string
  /** Sends in order and returns when all is durable; a repeat after a crash is told apart by its deterministic id. */
  readonly publish: (messages: readonly OutboxMessage[]) => Promise<void>
  /** The topic whose messages are the change feed: they get a sequence and stay for a while. */
  readonly keptTopic: string
  readonly facts: RelayFacts
  readonly batch?: { readonly count: number; readonly bytes: number }
  readonly retention?: Retention
}

const defaultBatch = { count: 500, bytes: 4_000_000 }
const defaultRetention: Retention = { ms: 3_600_000, changes: 20_000 }
/** A notification can be lost with a connection; waiting is never longer than this. */
const SAFETY_POLL_MS = 1_000
const LOCK_POLL_MS = 500
const RETRY_MS = 1_000
const PRUNE_EVERY_MS = 30_000

/**
 * Publishes what the writers owe to the topics: in order per incident, at least once. One relay works at a time, by a session lock;
 * the others wait for it to die. The change sequence is given out here, after commit and by one hand, so that no smaller number
 * can appear behind one that was read.
 */
export class OutboxRelay {
  readonly #options: RelayOptions
  readonly #pause = new WakeUp()
  #prunedAt = -Infinity

  constructor(options: RelayOptions) {
    this.#options = options
  }

  /** Works until told to stop. Ends with an error only when retrying cannot help. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#serve(signal)
      } catch (error) {
        if (!(error instanceof Failure) || error.next !== 'retry') throw error
        this.#options.facts.blocked(error.message)
        await this.#pause.wait(RETRY_MS, signal)
      }
    }
  }

  async #serve(signal: AbortSignal): Promise<void> {
    const session = await Session.open(this.#options.url, 'kubesift-relay', CHANNELS.outbox)
    try {
      while (!signal.aborted && !(await this.#lock(session))) {
        this.#options.facts.blocked(undefined)
        await this.#pause.wait(LOCK_POLL_MS, signal)
      }
      if (signal.aborted) return
      this.#options.facts.leading(true)
      await this.#drain(session, signal)
    } catch (error) {
      throw asFailure(error, 'relaying the outbox')
    } finally {
      this.#options.facts.leading(false)
      await session.close()
    }
  }

  async #lock({ client }: Session): Promise<boolean> {
    const { rows } = await client.query<{ got: boolean }>(
      'select pg_try_advisory_lock($1, $2) as got',
      [LOCKS.space, LOCKS.relay],
    )
    return rows[0]?.got === true
  }

  async #drain(session: Session, signal: AbortSignal): Promise<void> {
    const { batch = defaultBatch, facts } = this.#options
    while (!signal.aborted) {
      session.check()
      const waiting = await nextWaiting(session.client, batch)
      if (waiting.length > 0) await this.#relay(session, waiting)
      facts.blocked(undefined)
      await this.#pruneNowAndThen(session)
      if (waiting.length === 0) await session.wakeUp.wait(SAFETY_POLL_MS, signal)
    }
  }

  async #relay(session: Session, waiting: readonly Waiting[]): Promise<void> {
    const { publish, keptTopic, facts } = this.#options
    try {
      await publish(waiting)
    } catch (error) {
      if (!(error instanceof Failure) || error.next !== 'dead-letter') throw error
      await this.#oneByOne(session, waiting)
      return
    }
    await markPublished(
      session.client,
      waiting.map(({ id }) => id),
      keptTopic,
    )
    facts.published(waiting.length)
  }

  /** One of them can never be published: find it, set it aside, go on with the rest. */
  async #oneByOne(session: Session, waiting: readonly Waiting[]): Promise<void> {
    const { publish, keptTopic, facts } = this.#options
    for (const message of waiting) {
      try {
        await publish([message])
        await markPublished(session.client, [message.id], keptTopic)
        facts.published(1)
      } catch (error) {
        if (!(error instanceof Failure) || error.next !== 'dead-letter') throw error
        await setAside(session.client, message.id, error.message)
        facts.setAside(message.topic, error.message)
      }
    }
  }

  async #pruneNowAndThen({ client }: Session): Promise<void> {
    const now = performance.now()
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return
    this.#prunedAt = now
    await prune(client, this.#options.retention ?? defaultRetention)
  }
}
