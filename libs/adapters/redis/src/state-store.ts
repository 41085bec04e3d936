import { Fenced } from '@kubesift/contracts'
import { NO_CLOCK, type Clock, type Fields } from '@kubesift/core-context'
import type { Redis } from 'ioredis'
import {
  argumentsOf,
  begunOf,
  measuredFrom,
  numberOf,
  pairs,
  textsOf,
  timerOf,
  type Argument,
} from './arguments.ts'
import type { Begin, Claim, Rebuild, Timer } from './claim.ts'
import { ensureConnected, unavailable } from './connect.ts'
import { BEGIN, FORGET, PUBLISHED, WHOLE, WRITE } from './scripts.ts'
import { portionsOf, slicesOf } from './slices.ts'

/** What is stored of a namespace: fields, and the chunks of signals that came after them. */
export interface Stored {
  readonly fields: readonly (readonly [string, string])[]
  readonly chunks: readonly Buffer[]
}

export interface NamespaceWrite {
  readonly id: string
  /** Values of the topic `signals`, as they came: appended to those stored. */
  readonly chunks: readonly Buffer[]
  /** The fields hold all that was told so far: the chunks stored before are dropped. */
  readonly saved: boolean
  readonly fields: Fields
  readonly timer: Timer
  readonly publish: boolean
}

export interface Write {
  readonly expected: number | null
  /** Null: as it was, there is none yet. */
  readonly next: number | null
  /** Left out where it is what it was. */
  readonly clock?: Clock
  readonly namespaces: readonly NamespaceWrite[]
}

/** Where a partition stands. */
export interface Standing {
  readonly next: number
  readonly epoch: number
  /** Of one that is or was rebuilt: from where on it can be whole. */
  readonly until: number | null
  /** Of one that was rebuilt: all of it has been published again. Of others always. */
  readonly isWhole: boolean
}

const FIRST_EPOCH = 1
const PUSHED_AT_ONCE = 200

/** Of the stored state: another one begins from nothing, that is from the oldest record of `signals`. */
const FORM = '2'

/** A name as a glob pattern that only it matches. */
const escaped = (name: string): string => name.replace(/[\\*?[\]]/g, (c) => `\\${c}`)

const text = (next: number | null): string => (next === null ? '' : String(next))

/** The state of the assemblers in Redis: per partition of `signals` its position and clock, per namespace the fields of its machine. */
export class StateStore {
  readonly #redis: Redis
  readonly #prefix: string

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis
    this.#prefix = prefix
  }

  #key(partition: number, name: string): string {
    return `${this.#prefix}{signals-${partition}}:${FORM}:${name}`
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    await ensureConnected(this.#redis)
    try {
      return await work()
    } catch (error) {
      throw unavailable(error)
    }
  }

  /** Takes a partition: whoever held it before can write no more. */
  claim(partition: number): Promise<Claim> {
    return this.#run(async () => {
      const meta = this.#key(partition, 'meta')
      const token = String(await this.#redis.hincrby(meta, 'token', 1))
      const [[next, clock, epoch, until, whole, since, from], pending, timers] = await Promise.all([
        this.#redis.hmget(meta, 'next', 'clock', 'epoch', 'until', 'whole', 'since', 'from'),
        this.#redis.smembers(this.#key(partition, 'pending')),
        this.#redis.zrange(this.#key(partition, 'timers'), 0, -1, 'WITHSCORES'),
      ])
      const offset = numberOf(next)
      const end = whole == null ? numberOf(until) : null
      const rebuild = await this.#rebuild(partition, offset, end)
      return {
        partition,
        token,
        epoch: numberOf(epoch) ?? FIRST_EPOCH,
        ...(rebuild === undefined ? {} : { rebuild: { ...rebuild, ...begunOf(since, from) } }),
        next: offset,
        clock: clock == null ? NO_CLOCK : (JSON.parse(clock) as Clock),
        pending,
        timers: new Map(pairs(timers).map(([id, score]) => [id, timerOf(score)])),
      }
    })
  }

  async #rebuild(
    partition: number,
    next: number | null,
    until: number | null,
  ): Promise<Rebuild | undefined> {
    if (next === null || until === null) return undefined
    if (next >= until) return { until, measured: [] }
    const texts = await this.#redis.lrange(this.#key(partition, 'measured'), 0, -1)
    return { until, measured: texts.map(measuredFrom) }
  }

  /** Where partitions stand, without taking them: those that nobody has written are left out. */
  standings(partitions: readonly number[]): Promise<ReadonlyMap<number, Standing>> {
    return this.#run(async () => {
      const metas = await Promise.all(
        partitions.map((p) =>
          this.#redis.hmget(this.#key(p, 'meta'), 'next', 'epoch', 'until', 'whole'),
        ),
      )
      return new Map(
        metas.flatMap(([next, epoch, end, whole], i): [number, Standing][] => {
          const [offset, until] = [numberOf(next), numberOf(end)]
          if (offset === null) return []
          const isWhole = until === null || whole != null
          const standing = { next: offset, epoch: numberOf(epoch) ?? FIRST_EPOCH, until, isWhole }
          return [[partitions[i]!, standing]]
        }),
      )
    })
  }

  /**
   * Gives a state to a partition that has none, in the place of the one that was lost: what is left of that is taken away first. Answers
   * the claim anew. Throws {@link Fenced} when this claim no longer holds.
   */
  async begin(claim: Pick<Claim, 'partition' | 'token'>, begin: Begin): Promise<Claim> {
    const { partition, token } = claim
    const { epoch, until, since, next, clock, namespaces, measured } = begin
    await this.#takeAway(partition, token)
    await this.#run(async () => {
      const [meta, list] = [this.#key(partition, 'meta'), this.#key(partition, 'measured')]
      for (const some of textsOf(measured, PUSHED_AT_ONCE)) {
        const args = [token, String(epoch), String(until), text(since ?? null), text(next), ...some]
        this.#held(await this.#redis.eval(BEGIN, 2, meta, list, ...args), partition)
      }
    })
    for (const some of portionsOf(namespaces))
      await this.write(claim, { expected: null, next: null, namespaces: some })
    // With the position everything holds; until then the state counts as lost.
    const begun = { expected: null, next, namespaces: [] }
    await this.write(claim, clock === undefined ? begun : { ...begun, clock })
    return this.claim(partition)
  }

  /** A state that was lost is whole again, and published: what helped to make it is not needed any more. */
  whole(claim: Pick<Claim, 'partition' | 'token'>): Promise<void> {
    const { partition, token } = claim
    return this.#run(async () => {
      const keys = [this.#key(partition, 'meta'), this.#key(partition, 'measured')]
      this.#held(await this.#redis.eval(WHOLE, keys.length, ...keys, token), partition)
    })
  }

  /** Takes the state of a partition away: who holds it is fenced, and the next claim finds it lost. */
  forget(partition: number): Promise<void> {
    return this.#run(async () => {
      const meta = this.#key(partition, 'meta')
      const token = String(await this.#redis.eval(FORGET, 1, meta))
      await this.#takeAway(partition, token)
    })
  }

  /** Everything of a partition but who holds it. */
  #takeAway(partition: number, token: string): Promise<void> {
    return this.#run(async () => {
      const meta = this.#key(partition, 'meta')
      const found = this.#redis.scanStream({
        match: `${escaped(this.#key(partition, ''))}*`,
        count: 1_000,
      })
      for await (const keys of found as AsyncIterable<string[]>) {
        if ((await this.#redis.hget(meta, 'token')) !== token) this.#held(0, partition)
        const others = keys.filter((key) => key !== meta)
        if (others.length > 0) await this.#redis.unlink(...others)
      }
    })
  }

  /** What is stored of some namespaces, in one round trip; those without state are empty. */
  load(partition: number, ids: readonly string[]): Promise<Map<string, Stored>> {
    return this.#run(async () => {
      const pipeline = this.#redis.pipeline()
      for (const id of ids) {
        pipeline.hgetall(this.#key(partition, `ns:${id}`))
        pipeline.lrangeBuffer(this.#key(partition, `chunks:${id}`), 0, -1)
      }
      const replies = (await pipeline.exec()) ?? []
      const reply = <T>(i: number): T => {
        const [error, value] = replies[i] ?? [new Error('no reply'), undefined]
        if (error !== null) throw error
        return value as T
      }
      return new Map(
        ids.map((id, i) => [
          id,
          {
            fields: Object.entries(reply<Record<string, string>>(2 * i)),
            chunks: reply<Buffer[]>(2 * i + 1),
          },
        ]),
      )
    })
  }

  /** Writes everything that one batch has changed, or throws {@link Fenced} when this claim no longer holds. */
  write(claim: Pick<Claim, 'partition' | 'token'>, write: Write): Promise<void> {
    const { partition, token } = claim
    const slices = slicesOf(write.namespaces)
    const calls = slices.map((namespaces, i): readonly [number, ...Argument[]] => {
      const isLast = i === slices.length - 1
      const keys = [
        ...['meta', 'timers', 'pending'].map((name) => this.#key(partition, name)),
        ...namespaces.flatMap(({ id }) => [
          this.#key(partition, `ns:${id}`),
          this.#key(partition, `chunks:${id}`),
        ]),
      ]
      return [
        keys.length,
        ...keys,
        token,
        text(write.expected),
        text(isLast ? write.next : write.expected),
        isLast && write.clock !== undefined ? JSON.stringify(write.clock) : '',
        ...namespaces.flatMap(argumentsOf),
      ]
    })
    return this.#run(async () => {
      for (const reply of await this.#together(calls)) this.#held(reply, partition)
    })
  }

  /** One call, or several that Redis carries out as one: none does anything where the first may not. */
  async #together(calls: readonly (readonly [number, ...Argument[]])[]): Promise<unknown[]> {
    const [only, ...more] = calls
    if (only !== undefined && more.length === 0) return [await this.#redis.eval(WRITE, ...only)]
    const transaction = this.#redis.multi()
    for (const call of calls) transaction.eval(WRITE, ...call)
    const replies = await transaction.exec()
    if (replies === null) throw new Error('a transaction that watches nothing was given up')
    return replies.map(([error, reply]) => {
      if (error !== null) throw error
      return reply
    })
  }

  /** Notes that the contexts of the last write have been published. */
  published(claim: Pick<Claim, 'partition' | 'token'>, next: number): Promise<void> {
    const { partition, token } = claim
    return this.#run(async () => {
      const keys = [this.#key(partition, 'meta'), this.#key(partition, 'pending')]
      this.#held(
        await this.#redis.eval(PUBLISHED, keys.length, ...keys, token, text(next)),
        partition,
      )
    })
  }

  /** Whether this claim still holds, asked anew: before publishing after a long pause. */
  async holds(claim: Pick<Claim, 'partition' | 'token'>): Promise<boolean> {
    return this.#run(
      async () =>
        (await this.#redis.hget(this.#key(claim.partition, 'meta'), 'token')) === claim.token,
    )
  }

  #held(reply: unknown, partition: number): void {
    if (reply === 1) return
    throw new Fenced(
      `partition ${partition} of signals is held by another assembler now: dropping it and its caches`,
      {
        partition,
      },
    )
  }
}
