import type {
  AgainSignal,
  EventHead,
  EventSignal,
  Signal,
  SignalChunk,
  SourcePartition,
  Telling,
} from '@kubesift/contracts'
import { ByteWriter } from './byte-writer.ts'
import { AGAIN, BUNDLE, CHUNK, EVENT, EVENT_SIGNAL, TELLING } from './wire-tags.ts'

/** A piece of a buffer. */
export interface Piece {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** Writes chunks, one after another, through one buffer: `begin`, then signals in any order, then `finish`. */
export class ChunkWriter {
  readonly #out = new ByteWriter()
  #openedAt = 0
  #tellingTag: number = EVENT_SIGNAL.tellings

  /** Bytes written so far of the chunk at hand. */
  get size(): number {
    return this.#out.size
  }

  begin(cluster: string, namespace: string, source: SourcePartition, traceparent?: string): void {
    const out = this.#out
    out.clear()
    out.text(CHUNK.cluster, cluster)
    if (namespace !== '') out.text(CHUNK.namespace, namespace)
    out.text(CHUNK.topic, source.topic)
    if (source.partition > 0) out.number(CHUNK.partition, source.partition)
    if (traceparent !== undefined) out.text(CHUNK.traceparent, traceparent)
  }

  signal(signal: Signal): void {
    if (signal.t === 'again') this.#again(signal)
    else if (signal.t === 'event') this.#event(signal)
    else this.#out.text(CHUNK.others, JSON.stringify(signal))
  }

  /** An Event told whole, its head as {@link encodeHead} wrote it; then `telling`s, then `endEvent`. */
  beginWhole({ bytes, start, end }: Piece): void {
    this.#openedAt = this.#out.open(CHUNK.events)
    this.#out.piece(EVENT_SIGNAL.event, bytes, start, end)
    this.#tellingTag = EVENT_SIGNAL.tellings
  }

  /** An Event told again, its UID as {@link encodeUid} wrote it; then `telling`s, then `endEvent`. */
  beginAgain({ bytes, start, end }: Piece): void {
    this.#openedAt = this.#out.open(CHUNK.again)
    this.#out.raw(bytes, start, end)
    this.#tellingTag = AGAIN.tellings
  }

  telling({ n, at, offset, lastOffset, repeats }: Telling): void {
    const out = this.#out
    const opened = out.openShort(this.#tellingTag)
    out.number(TELLING.n, n)
    out.double(TELLING.at, at)
    if (offset !== 0) out.number(TELLING.offset, offset)
    if (lastOffset !== undefined && lastOffset !== offset)
      out.number(TELLING.lastOffset, lastOffset)
    if (repeats !== 1) out.number(TELLING.repeats, repeats)
    out.closeShort(opened)
  }

  endEvent(): void {
    this.#out.close(this.#openedAt)
  }

  finish(): Buffer {
    return this.#out.copy()
  }

  /** An Event whose head {@link encodeHead} wrote before. */
  event(head: Piece, signal: EventSignal): void {
    this.beginWhole(head)
    this.#tellings(signal)
  }

  #event(signal: EventSignal): void {
    const head = encodeHead(signal.event)
    this.event({ bytes: head, start: 0, end: head.length }, signal)
  }

  #again(signal: AgainSignal): void {
    const name = encodeUid(signal.uid)
    this.beginAgain({ bytes: name, start: 0, end: name.length })
    this.#tellings(signal)
  }

  #tellings({ tellings }: Pick<AgainSignal, 'tellings'>): void {
    for (const telling of tellings) this.telling(telling)
    this.endEvent()
  }
}

const writer = new ChunkWriter()

/** A whole chunk at once. */
export const encodeChunk = (chunk: SignalChunk, traceparent?: string): Buffer => {
  writer.begin(chunk.cluster, chunk.namespace, chunk.source, traceparent)
  for (const signal of chunk.signals) writer.signal(signal)
  return writer.finish()
}

const headWriter = new ByteWriter()

/** Chunks as the value of one record. */
export const encodeBundle = (chunks: readonly Buffer[]): Buffer => {
  headWriter.clear()
  for (const chunk of chunks) headWriter.bytes(BUNDLE.chunks, chunk)
  return headWriter.copy()
}

/** The head of an Event, to be copied wherever it is told. */
export const encodeHead = (event: EventHead): Buffer => {
  writeHead(event)
  return headWriter.copy()
}

/** The same into `to` at `at`; answers its length, or -1 where it is longer than `max`, and then writes nothing. */
export const encodeHeadInto = (event: EventHead, to: Buffer, at: number, max: number): number => {
  writeHead(event)
  return headWriter.copyInto(to, at, max)
}

const writeHead = (event: EventHead): void => {
  const out = headWriter
  out.clear()
  const { involved } = event
  out.text(EVENT.uid, event.uid)
  out.text(EVENT.kind, involved.kind)
  out.text(EVENT.namespace, involved.namespace)
  out.text(EVENT.name, involved.name)
  if (involved.uid !== undefined) out.text(EVENT.objectUid, involved.uid)
  if (involved.apiVersion !== undefined) out.text(EVENT.apiVersion, involved.apiVersion)
  if (involved.fieldPath !== undefined) out.text(EVENT.fieldPath, involved.fieldPath)
  out.text(EVENT.reason, event.reason)
  out.text(EVENT.type, event.type)
  out.text(EVENT.message, event.message)
  out.double(EVENT.firstAt, event.firstAt)
  if (event.component !== undefined) out.text(EVENT.component, event.component)
  if (event.host !== undefined) out.text(EVENT.host, event.host)
  if (event.combined === true) out.number(EVENT.combined, 1)
  if (event.seriesDropped === true) out.number(EVENT.seriesDropped, 1)
  if (event.series !== undefined) out.text(EVENT.series, event.series)
  if (event.madeAt !== undefined) out.double(EVENT.madeAt, event.madeAt)
}

/** How an Event is named when it is told again. */
const encodeUid = (uid: string): Buffer => {
  writeUid(uid)
  return headWriter.copy()
}

/** The same into `to` at `at`, as {@link encodeHeadInto} does. */
export const encodeUidInto = (uid: string, to: Buffer, at: number, max: number): number => {
  writeUid(uid)
  return headWriter.copyInto(to, at, max)
}

const uuid = new Uint8Array(16)

const writeUid = (uid: string): void => {
  headWriter.clear()
  if (readUuid(uid, uuid)) headWriter.bytes(AGAIN.uuid, uuid)
  else headWriter.text(AGAIN.text, uid)
}

const hexDigit = (code: number): number =>
  code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1

const isDashed = (at: number): boolean => at === 8 || at === 13 || at === 18 || at === 23

/** The bytes of a UUID in its usual form, in small letters; false where the text is none: another form must be told as it is. */
const readUuid = (text: string, to: Uint8Array): boolean => {
  if (text.length !== 36) return false
  let byte = 0
  for (let i = 0; i < 36; i += 2) {
    if (isDashed(i)) {
      if (text[i] !== '-') return false
      i += 1
    }
    const high = hexDigit(text.charCodeAt(i))
    const low = hexDigit(text.charCodeAt(i + 1))
    if (high < 0 || low < 0) return false
    to[byte++] = high * 16 + low
  }
  return true
}
