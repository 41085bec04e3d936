import { fileURLToPath } from 'node:url'
import type { EventHead, Signal, SignalChunk, Telling } from '@kubesift/contracts'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { encodeBundle, encodeChunk } from './encode-chunk.ts'
import { readSignals } from './read-signals.ts'
import { anyChunk, chunkAsRead } from './signals-arbitraries.spec-helper.ts'

/** The published description of the format and a reader that is not ours: others must be able to read and write what we do. */
const proto = new URL('../../../contracts/proto/kubesift/signals/v1/signals.proto', import.meta.url)
const bundleType = protobuf.loadSync(fileURLToPath(proto)).lookupType('kubesift.signals.v1.Bundle')

interface ProtoTelling {
  n?: number
  at?: number
  offset?: number
  lastOffset?: number | undefined
  repeats?: number
}
type Flat = Omit<EventHead, 'involved'> & {
  kind: string
  namespace: string
  name: string
  objectUid?: string | undefined
  apiVersion?: string | undefined
  fieldPath?: string | undefined
}
interface ProtoChunk {
  cluster?: string
  namespace?: string
  topic?: string
  partition?: number
  traceparent?: string
  events?: { event: Partial<Flat>; tellings: ProtoTelling[] }[]
  others?: Uint8Array[]
  again?: { uuid?: Uint8Array; text?: string; tellings: ProtoTelling[] }[]
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const flat = ({ involved, ...head }: EventHead): Flat => {
  const { uid, kind, namespace, name, ...more } = involved
  return {
    ...head,
    ...more,
    kind,
    namespace,
    name,
    ...(uid === undefined ? {} : { objectUid: uid }),
  }
}

/** As the description names it. */
const toProto = ({ source, signals, kind: _kind, ...chunk }: SignalChunk): ProtoChunk => {
  const out: Required<Omit<ProtoChunk, 'traceparent'>> = {
    ...chunk,
    ...source,
    events: [],
    others: [],
    again: [],
  }
  for (const signal of signals) {
    if (signal.t === 'event')
      out.events.push({ event: flat(signal.event), tellings: signal.tellings })
    else if (signal.t === 'again') {
      const uid = UUID.test(signal.uid)
        ? { uuid: Buffer.from(signal.uid.replaceAll('-', ''), 'hex') }
        : { text: signal.uid }
      out.again.push({ ...uid, tellings: signal.tellings })
    } else out.others.push(Buffer.from(JSON.stringify(signal)))
  }
  return out
}

const tellingOf = ({ n = 0, at = 0, offset = 0, repeats = 1, ...rest }: ProtoTelling): Telling => ({
  n,
  at,
  offset,
  repeats,
  ...rest,
})

const uuidOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const headOf = (event: Partial<Flat>): EventHead => {
  const { kind = '', namespace = '', name = '', objectUid, apiVersion, fieldPath, ...head } = event
  return {
    uid: '',
    reason: '',
    type: '',
    message: '',
    firstAt: 0,
    ...head,
    involved: {
      kind,
      namespace,
      name,
      ...(objectUid === undefined ? {} : { uid: objectUid }),
      ...(apiVersion === undefined ? {} : { apiVersion }),
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
  }
}

const fromProto = (chunk: ProtoChunk): SignalChunk => {
  const { cluster = '', namespace = '', topic = '', partition = 0 } = chunk
  const signals: Signal[] = [
    ...(chunk.events ?? []).map(({ event, tellings }) => ({
      t: 'event' as const,
      event: headOf(event),
      tellings: tellings.map(tellingOf),
    })),
    ...(chunk.others ?? []).map((json) => JSON.parse(Buffer.from(json).toString()) as Signal),
    ...(chunk.again ?? []).map(({ uuid, text, tellings }) => ({
      t: 'again' as const,
      uid: uuid === undefined ? (text ?? '') : uuidOf(uuid),
      tellings: tellings.map(tellingOf),
    })),
  ]
  return { kind: 'chunk', cluster, namespace, source: { topic, partition }, signals }
}

/** protobufjs writes field by field: the order between kinds of signals is lost. */
const grouped = (chunk: SignalChunk): SignalChunk => {
  const of = (...kinds: string[]): Signal[] => chunk.signals.filter(({ t }) => kinds.includes(t))
  return {
    ...chunk,
    signals: [...of('event'), ...of('object', 'unclassified'), ...of('again')],
  }
}

/** protobufjs writes half a surrogate pair as bytes that are no UTF-8. */
const wellFormed = anyChunk.map(chunkAsRead)

const toObject = { longs: Number, arrays: false, objects: false }

describe('the description of signals in protobuf', () => {
  it('is what we write', () => {
    fc.assert(
      fc.property(fc.array(anyChunk, { minLength: 1, maxLength: 3 }), (chunks) => {
        const value = encodeBundle(chunks.map((chunk) => encodeChunk(chunk)))
        const found = bundleType.toObject(bundleType.decode(value), toObject) as {
          chunks: ProtoChunk[]
        }
        expect(found.chunks.map(fromProto)).toEqual(
          chunks.map((chunk) => grouped(chunkAsRead(chunk))),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('is what we read', () => {
    fc.assert(
      fc.property(fc.array(wellFormed, { minLength: 1, maxLength: 3 }), (chunks) => {
        const value = bundleType.encode(bundleType.create({ chunks: chunks.map(toProto) })).finish()
        const parsed = readSignals(Buffer.from(value))
        expect(parsed).toMatchObject({ ok: true })
        if (!parsed.ok || parsed.value.kind !== 'chunks') return
        expect(parsed.value.chunks.map(({ chunk }) => chunk)).toEqual(chunks.map(grouped))
      }),
      { numRuns: 200 },
    )
  })

  it('has the trace that a chunk continues', () => {
    const chunk: SignalChunk = {
      kind: 'chunk',
      cluster: 'c',
      namespace: '',
      source: { topic: 't', partition: 0 },
      signals: [],
    }
    const value = encodeBundle([encodeChunk(chunk, 'trace')])
    expect(bundleType.toObject(bundleType.decode(value))).toMatchObject({
      chunks: [{ traceparent: 'trace' }],
    })
  })
})
