import type { Context } from '@kubesift/contracts'
import type { Clock } from '@kubesift/core-context'
import type { NamespaceWrite } from './state-store.ts'

/** The right to write the state of one partition, taken at its assignment; a later claim by anyone ends it. */
export interface Claim {
  readonly partition: number
  readonly token: string
  /** The first part of every version that is published under it. */
  readonly epoch: number
  /** Next offset of `signals` to apply; null: there is no state (a first start, or Redis has lost it). */
  readonly next: number | null
  readonly clock: Clock
  /** Namespaces written but perhaps not published before a crash. */
  readonly pending: readonly string[]
  /** When, by the watermark of its cluster, a namespace has something to decide. */
  readonly timers: ReadonlyMap<string, Timer>
  /** The state was lost, and is being made again or published again; undefined when it is whole. */
  readonly rebuild?: Rebuild
}

/** When a namespace must be looked at again. In its sorted set a stale one has a negative score. */
export interface Timer {
  /** The watermark at which something has to be decided; null: none. */
  readonly at: number | null
  /** Counts wait to be published. */
  readonly stale: boolean
}

/** A context of before, and the offset of `signals` at which what it holds beyond the records that are left can be told. */
export interface Measured {
  readonly at: number
  readonly context: Context
}

/** What is still to be done until a lost state is whole again. */
export interface Rebuild {
  /** Nothing is published until all below this offset of `signals` is applied: it was told before. */
  readonly until: number
  readonly measured: readonly Measured[]
  /** When it was begun, and the offset at which: for people alone. */
  readonly since?: number
  readonly from?: number
}

/** A state in the place of one that was lost. */
export interface Begin extends Omit<Rebuild, 'from' | 'measured'> {
  /** Asked for one after the other, as namespaces are. */
  readonly measured: Iterable<Measured>
  readonly epoch: number
  /** The offset of `signals` at which it begins. */
  readonly next: number
  readonly clock?: Clock
  /** Asked for one after the other, and written in portions: all of them may be more than a connection takes. */
  readonly namespaces: Iterable<NamespaceWrite>
}
