import { ByteMemo, type Claim } from './byte-memo.ts'
import { RepeatScan, type RepeatKeys } from './repeat-scan.ts'
import type { WireCursor } from './wire-cursor.ts'

const SLOT_BYTES = 1024
const SLOTS = 32_768

/** A memo at work on one request. */
export interface Repeats {
  /** Whether the ResourceLogs from the cursor to `end` was read before, and has been dealt with. The cursor stays where it is. */
  take(cursor: WireCursor, end: number): boolean
  /** Takes a place for the one that was looked at last; undefined where it is none that can be recognised. */
  claim(): Claim | undefined
}

/**
 * Recognises a record that was read before and comes again with another time, another count and another value of an ignored attribute,
 * every other byte of it and of its resource being the same: then what was made of it need not be made again. What is found is what a full
 * reading would give.
 */
export class RepeatMemo {
  /** Slots are numbered from 0 to this, exclusive. */
  readonly slots: number
  readonly #memo: ByteMemo
  readonly #scan: RepeatScan

  constructor(keys: RepeatKeys, slots: number = SLOTS) {
    this.slots = slots
    this.#memo = new ByteMemo(slots, SLOT_BYTES)
    this.#scan = new RepeatScan(keys)
  }

  /**
   * At work, with one who keeps what is known of each slot: `onRepeat` hears of what was recognised (NaN for no time, -1 for no count) and
   * answers whether it has dealt with it, else it is read in full; a slot that `isBusy` is not given to others.
   */
  with(
    onRepeat: (slot: number, timeMs: number, count: number) => boolean,
    isBusy: (slot: number) => boolean,
  ): Repeats {
    return {
      take: (cursor, end) => {
        const scan = this.#scan
        if (!scan.scan(cursor, end)) return false
        const slot = this.#memo.find(scan.view, scan.ranges, scan.hash)
        if (slot < 0) return false
        const timeMs = scan.timeAt < 0 ? null : cursor.timeAt(scan.timeAt)
        return onRepeat(slot, timeMs ?? NaN, scan.count)
      },
      claim: () => {
        const { hash, bytes, ranges } = this.#scan
        return hash === 0 ? undefined : this.#memo.claim(bytes, ranges, hash, isBusy)
      },
    }
  }

  /** The only other slot in which the thing of this one may be known, by other bytes. */
  twinOf(slot: number): number {
    return slot ^ 1
  }

  /** Whether the slot is still that of the record for which it was taken; then it is found from now on. */
  settle(claim: Claim): boolean {
    return this.#memo.settle(claim)
  }
}
