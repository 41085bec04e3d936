import { RepeatMemo } from '@kubesift/adapter-otlp'
import { REPEAT_KEYS } from '@kubesift/core-signal'
import { KnownEvents } from './known-events.ts'
import { Places } from './places.ts'
import { Retellings } from './retellings.ts'

/** Names that nobody forgets would be a leak: with more than this the whole memory begins anew. */
const MAX_PLACES = 50_000

/** What this process has read before. It may be lost at any time: then what comes is read and told whole. */
export class Memory {
  readonly memo: RepeatMemo
  readonly known: KnownEvents
  readonly retellings: Retellings
  readonly places = new Places()

  /** `slots` is a power of two: so many Events are known at most. */
  constructor(slots?: number) {
    this.memo = new RepeatMemo(REPEAT_KEYS, slots)
    this.known = new KnownEvents(this.memo.slots)
    this.retellings = new Retellings(this.memo.slots, (slot) => this.known.isMixed(slot))
  }

  get isFull(): boolean {
    return this.places.size > MAX_PLACES
  }
}
