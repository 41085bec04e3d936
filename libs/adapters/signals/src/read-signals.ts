import { OtlpUnreadable } from '@kubesift/adapter-otlp'
import {
  parseJson,
  signals,
  signalSchema,
  type Parsed,
  type Progress,
  type Signal,
  type SignalChunk,
  type SignalsMessage,
} from '@kubesift/contracts'
import { decodeBundle, decodeChunk, type ReadChunk } from './decode-chunk.ts'

/** The `content-type` of chunks in protobuf. */
export const SIGNALS_PROTOBUF = 'application/protobuf'

/** `{`: as the first byte of protobuf it would be field 15 as a group, which ours has not. */
const BRACE = 0x7b

class BadOther extends Error {}

const readOther = (text: string): Signal => {
  const parsed = parseJson(signalSchema, text)
  if (!parsed.ok) throw new BadOther(parsed.why)
  return parsed.value
}

/** What a record of the topic `signals` holds. */
export type SignalsRecord =
  | { readonly kind: 'chunks'; readonly chunks: readonly ReadChunk[] }
  | { readonly kind: 'progress'; readonly progress: Progress }

const ofMessage = (message: SignalsMessage, raw: Buffer): SignalsRecord =>
  message.kind === 'progress'
    ? { kind: 'progress', progress: message }
    : { kind: 'chunks', chunks: [{ chunk: message, raw, traceparent: undefined }] }

const guarded = <T>(read: () => T): Parsed<T> => {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    if (error instanceof OtlpUnreadable || error instanceof BadOther)
      return { ok: false, why: `no chunk of signals: ${error.message}` }
    throw error
  }
}

/** A value of the topic `signals`, in either form. It answers; it does not throw. */
export const readSignals = (value: Buffer): Parsed<SignalsRecord> => {
  if (value[0] === BRACE) {
    const parsed = parseJson(signals.schema, value.toString('utf8'))
    return parsed.ok ? { ok: true, value: ofMessage(parsed.value, value) } : parsed
  }
  return guarded(() => ({ kind: 'chunks', chunks: decodeBundle(value, readOther) }))
}

/** One chunk by itself, as {@link ReadChunk} `raw` has it. It answers; it does not throw. */
export const readChunk = (raw: Buffer): Parsed<SignalChunk> => {
  if (raw[0] !== BRACE) return guarded(() => decodeChunk(raw, readOther).chunk)
  const parsed = readSignals(raw)
  if (!parsed.ok) return parsed
  const [first] = parsed.value.kind === 'chunks' ? parsed.value.chunks : []
  return first === undefined
    ? { ok: false, why: 'a progress record is no chunk' }
    : { ok: true, value: first.chunk }
}
