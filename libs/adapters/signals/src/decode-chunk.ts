import { WireCursor } from '@kubesift/adapter-otlp'
import type { AgainSignal, EventSignal, Signal, SignalChunk, Telling } from '@kubesift/contracts'
import { HeadMemo, instant } from './head-memo.ts'
import { UuidMemo } from './uuid-memo.ts'
import { AGAIN, BUNDLE, CHUNK, EVENT_SIGNAL, TELLING } from './wire-tags.ts'

const BUNDLE_FIELDS = 0b10
const CHUNK_FIELDS = 0b1_1111_1110
const AGAIN_FIELDS = 0b1110
const SIGNAL_FIELDS = 0b110
const TELLING_FIELDS = 0b11_1110

/** One table for the process, as the namespaces of a partition come in turns. */
const heads = new HeadMemo()
const uuids = new UuidMemo()

/** How an `others` entry becomes a signal; it throws what {@link decodeChunk} throws. */
export type ReadOther = (json: string) => Signal

/** A chunk, as it came and what it says. */
export interface ReadChunk {
  readonly chunk: SignalChunk
  /** The chunk alone; it can be read by {@link decodeChunk}. A view into what it was read from. */
  readonly raw: Buffer
  readonly traceparent: string | undefined
}

/**
 * Reads the chunks of a record. Throws `OtlpUnreadable`, which says where, when it holds none; nothing is trusted before it is checked.
 */
export const decodeBundle = (bytes: Uint8Array, readOther: ReadOther): ReadChunk[] => {
  const cursor = WireCursor.of(bytes)
  const end = cursor.bytes.length
  const chunks: ReadChunk[] = []
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === BUNDLE.chunks) chunks.push(readChunk(cursor, cursor.endOfField(end), readOther))
    else cursor.stepOverOther(tag, end, BUNDLE_FIELDS)
  }
  if (chunks.length === 0) cursor.fail('wrong-shape', 'a record without any chunk')
  return chunks
}

/** Reads one chunk; throws as {@link decodeBundle} does. */
export const decodeChunk = (bytes: Uint8Array, readOther: ReadOther): ReadChunk => {
  const cursor = WireCursor.of(bytes)
  return readChunk(cursor, cursor.bytes.length, readOther)
}

const readChunk = (cursor: WireCursor, end: number, readOther: ReadOther): ReadChunk => {
  const start = cursor.pos
  const signals: Signal[] = []
  let cluster = ''
  let namespace = ''
  let topic = ''
  let partition = 0
  let traceparent: string | undefined
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    switch (tag) {
      case CHUNK.cluster:
        cluster = cursor.text(cursor.endOfField(end))
        break
      case CHUNK.namespace:
        namespace = cursor.text(cursor.endOfField(end))
        break
      case CHUNK.topic:
        topic = cursor.text(cursor.endOfField(end))
        break
      case CHUNK.partition:
        partition = integer(cursor, end)
        break
      case CHUNK.events:
        signals.push(readEvent(cursor, cursor.endOfField(end)))
        break
      case CHUNK.again:
        signals.push(readAgain(cursor, cursor.endOfField(end)))
        break
      case CHUNK.others:
        signals.push(readOther(cursor.text(cursor.endOfField(end))))
        break
      case CHUNK.traceparent:
        traceparent = cursor.text(cursor.endOfField(end))
        break
      default:
        cursor.stepOverOther(tag, end, CHUNK_FIELDS)
    }
  }
  if (cluster === '' || topic === '')
    cursor.fail('wrong-shape', 'a chunk that names no cluster or no source')
  const chunk = {
    kind: 'chunk' as const,
    cluster,
    namespace,
    source: { topic, partition },
    signals,
  }
  return { chunk, raw: cursor.bytes.subarray(start, end), traceparent }
}

const readEvent = (cursor: WireCursor, end: number): EventSignal => {
  const tellings: Telling[] = []
  let event: EventSignal['event'] | undefined
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === EVENT_SIGNAL.event) event = heads.read(cursor, cursor.endOfField(end))
    else if (tag === EVENT_SIGNAL.tellings)
      tellings.push(readTelling(cursor, cursor.endOfField(end)))
    else cursor.stepOverOther(tag, end, SIGNAL_FIELDS)
  }
  if (event === undefined || tellings.length === 0)
    return cursor.fail('wrong-shape', 'an Event of which nothing is told')
  return { t: 'event', event, tellings }
}

const readAgain = (cursor: WireCursor, end: number): AgainSignal => {
  const tellings: Telling[] = []
  let uid = ''
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === AGAIN.uuid) uid = uuids.read(cursor, cursor.endOfField(end))
    else if (tag === AGAIN.text) uid = cursor.text(cursor.endOfField(end))
    else if (tag === AGAIN.tellings) tellings.push(readTelling(cursor, cursor.endOfField(end)))
    else cursor.stepOverOther(tag, end, AGAIN_FIELDS)
  }
  if (uid === '' || tellings.length === 0)
    return cursor.fail('wrong-shape', 'an Event told again that has no UID or was told no times')
  return { t: 'again', uid, tellings }
}

const readTelling = (cursor: WireCursor, end: number): Telling => {
  let n = 0
  let at = 0
  let offset = 0
  let lastOffset: number | undefined
  let repeats = 1
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    switch (tag) {
      case TELLING.n:
        n = integer(cursor, end)
        break
      case TELLING.at:
        at = instant(cursor, end)
        break
      case TELLING.offset:
        offset = integer(cursor, end)
        break
      case TELLING.lastOffset:
        lastOffset = integer(cursor, end)
        break
      case TELLING.repeats:
        repeats = integer(cursor, end) || 1
        break
      default:
        cursor.stepOverOther(tag, end, TELLING_FIELDS)
    }
  }
  if (n < 1) cursor.fail('wrong-shape', 'an Event that was told no times')
  return lastOffset === undefined
    ? { n, at, offset, repeats }
    : { n, at, offset, lastOffset, repeats }
}

const integer = (cursor: WireCursor, end: number): number => {
  const value = cursor.varint(end)
  if (value > Number.MAX_SAFE_INTEGER) cursor.fail('varint-overflow', 'a number beyond 2^53')
  return value
}
