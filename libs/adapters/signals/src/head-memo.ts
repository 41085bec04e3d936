import { ByteMemo, hashOf, Ranges, type WireCursor } from '@kubesift/adapter-otlp'
import { LAST_INSTANT, type EventHead, type ObjectRef } from '@kubesift/contracts'
import { EVENT } from './wire-tags.ts'

const SLOTS = 32_768
const SLOT_BYTES = 512

const fieldsOf = (tags: readonly number[]): number =>
  tags.reduce((bits, tag) => bits | (1 << (tag >>> 3)), 0)
const FIELDS = fieldsOf(Object.values(EVENT))

type Draft = { -readonly [K in keyof EventHead]?: EventHead[K] }

/** Reads the heads of Events; the same bytes give the same object, so that who has it knows it again. */
export class HeadMemo {
  readonly #memo = new ByteMemo(SLOTS, SLOT_BYTES)
  readonly #heads: EventHead[] = []
  readonly #ranges = new Ranges()

  /** The head in the bytes from the cursor to `end`, where the cursor then is. */
  read(cursor: WireCursor, end: number): EventHead {
    const start = cursor.pos
    const ranges = this.#ranges
    ranges.clear()
    ranges.add(start, end)
    const hash = hashOf(cursor.view, start, end - start)
    const known = this.#memo.find(cursor.view, ranges, hash)
    if (known >= 0) {
      cursor.pos = end
      return this.#heads[known] as EventHead
    }
    const head = readHead(cursor, end)
    const claim = this.#memo.claim(cursor.bytes, ranges, hash)
    if (claim !== undefined && this.#memo.settle(claim)) this.#heads[claim.slot] = head
    return head
  }
}

type Involved = { -readonly [K in keyof ObjectRef]: ObjectRef[K] }

const readHead = (cursor: WireCursor, end: number): EventHead => {
  const involved: Involved = { kind: '', namespace: '', name: '' }
  const head: Draft & EventHead = {
    uid: '',
    involved,
    reason: '',
    type: '',
    message: '',
    firstAt: 0,
  }
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (!readWhat(head, tag, cursor, end) && !readInvolved(involved, tag, cursor, end))
      cursor.stepOverOther(tag, end, FIELDS)
  }
  if (head.uid === '') cursor.fail('wrong-shape', 'an Event without a UID')
  return head
}

const readWhat = (
  head: { -readonly [K in keyof EventHead]: EventHead[K] },
  tag: number,
  cursor: WireCursor,
  end: number,
): boolean => {
  switch (tag) {
    case EVENT.uid:
      head.uid = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.reason:
      head.reason = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.type:
      head.type = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.message:
      head.message = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.firstAt:
      head.firstAt = instant(cursor, end)
      return true
    case EVENT.component:
      head.component = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.host:
      head.host = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.combined:
      if (cursor.varint(end) !== 0) head.combined = true
      return true
    case EVENT.seriesDropped:
      if (cursor.varint(end) !== 0) head.seriesDropped = true
      return true
    case EVENT.series:
      head.series = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.madeAt:
      head.madeAt = instant(cursor, end)
      return true
    default:
      return false
  }
}

const readInvolved = (
  involved: Involved,
  tag: number,
  cursor: WireCursor,
  end: number,
): boolean => {
  switch (tag) {
    case EVENT.kind:
      involved.kind = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.namespace:
      involved.namespace = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.name:
      involved.name = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.objectUid:
      involved.uid = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.apiVersion:
      involved.apiVersion = cursor.text(cursor.endOfField(end))
      return true
    case EVENT.fieldPath:
      involved.fieldPath = cursor.text(cursor.endOfField(end))
      return true
    default:
      return false
  }
}

/** An instant that is none would poison every sum and sort behind it, and whoever writes it as a date. */
export const instant = (cursor: WireCursor, end: number): number => {
  const value = cursor.double(end)
  if (!(Math.abs(value) <= LAST_INSTANT))
    cursor.fail('wrong-shape', 'an instant that no calendar has')
  return value
}
