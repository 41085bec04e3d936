import type { Spell } from '@kubesift/contracts'
import type { Step } from './event-fact.ts'

/** Of what speaks of a problem, what makes its count: Events where there are any, else states, else alerts (`countPart`). */
export type CountedBy = 'event' | 'state' | 'alert'

/** A spell that had begun before the oldest record that is left, and went on. */
export interface Underway {
  readonly spell: Spell
  /** The last occurrence of the problem itself: what it has taken in may have come later. */
  readonly ownTo: number
  /** What was known of the owner's objects kept it open: silence alone must not end it before they are heard of again. */
  readonly unwell: boolean
}

/** What was retired of an owner, as far as it bears upon what has come since. */
export interface Earlier {
  /** Nothing that happened until then can change any more. */
  readonly through: number
  /** By key, what made its count. */
  readonly by: Readonly<Record<string, CountedBy>>
  /** Firings of which no end was told: told of again they are open again, and counted already. */
  readonly unended?: readonly string[]
  /** By problem the spells that opened, as they were before one problem took in another: the first, and the newest ones. */
  readonly alone: Readonly<Record<string, readonly Spell[]>>
  /** How far series of Events had counted, by their names: the newest. */
  readonly series?: Readonly<Record<string, Step>>
  /** After a rebuild: what an object says of times before is in the sums, however newly it is known. */
  readonly rebuiltAt?: number
  /** After a rebuild, by problem: what was open across the loss. */
  readonly underway?: Readonly<Record<string, Underway>>
}

/** A cluster may name things `constructor`: only what was written counts. */
export const own = <T>(
  record: Readonly<Record<string, T>> | undefined,
  key: string,
): T | undefined => (record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined)

/** Of this problem, what was open across a loss. */
export const underwayOf = (
  earlier: Pick<Earlier, 'underway'> | undefined,
  problem: string,
): Underway | undefined => own(earlier?.underway, problem)

/** The spells of a problem that were retired, as it was by itself. */
export const retiredAlone = (
  earlier: Pick<Earlier, 'alone'> | undefined,
  problem: string,
): readonly Spell[] => own(earlier?.alone, problem) ?? []
