import {
  LAST_INSTANT,
  type AgainSignal,
  type EventHead,
  type EventSignal,
  type ObjectRef,
  type Signal,
  type SignalChunk,
  type Telling,
} from '@kubesift/contracts'
import fc from 'fast-check'

/** Any text that JavaScript knows, halves of surrogate pairs among it. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'a', 'é', '\0'), maxLength: 6 }),
  fc.constantFrom('', 'Pod', '{', 'x'.repeat(700)),
)
const uuid = fc.uuid()
/** UUIDs, what looks like them, and other names. */
const uid = fc.oneof(
  uuid,
  uuid.map((id) => id.toUpperCase()),
  uuid.map((id) => id.replaceAll('-', '')),
  uuid.map((id) => `${id}-late`),
  text.filter((id) => id !== ''),
)
const name = text.filter((id) => id !== '')
const safe = (min: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min, max: 200 }),
    fc.maxSafeInteger().map((n) => Math.max(min, Math.abs(n))),
    fc.constantFrom(127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
  )
const instant = fc.oneof(
  fc.double({ noNaN: true, min: -LAST_INSTANT, max: LAST_INSTANT }).map((at) => at + 0),
  fc.constantFrom(0, 1795223321000, 1795223321000.0002, -1),
)

const telling: fc.Arbitrary<Telling> = fc.record(
  { n: safe(1), at: instant, offset: safe(0), lastOffset: safe(0), repeats: safe(1) },
  { requiredKeys: ['n', 'at', 'offset', 'repeats'] },
)
const tellings = fc.array(telling, { minLength: 1, maxLength: 4 })

const involved: fc.Arbitrary<ObjectRef> = fc.record(
  { kind: text, namespace: text, name: text, uid: text, apiVersion: text, fieldPath: text },
  { requiredKeys: ['kind', 'namespace', 'name'] },
)

/** Any head of an Event. */
export const anyHead: fc.Arbitrary<EventHead> = fc.record(
  {
    uid,
    involved,
    reason: text,
    type: text,
    message: fc.oneof(
      text,
      fc.nat(60_000).map((n) => 'é'.repeat(n % 20_000)),
    ),
    firstAt: instant,
    component: text,
    host: text,
    combined: fc.boolean(),
    seriesDropped: fc.boolean(),
    series: text,
    madeAt: instant,
  },
  { requiredKeys: ['uid', 'involved', 'reason', 'type', 'message', 'firstAt'] },
)

const event: fc.Arbitrary<EventSignal> = fc.record({
  t: fc.constant('event' as const),
  event: anyHead,
  tellings,
})
const again: fc.Arbitrary<AgainSignal> = fc.record({
  t: fc.constant('again' as const),
  uid,
  tellings,
})
const offsets = fc.array(fc.nat(), { minLength: 1, maxLength: 8 })
const other: fc.Arbitrary<Signal> = fc.oneof(
  fc.record({ t: fc.constant('unclassified' as const), offsets, repeats: safe(1), why: text }),
  fc.record({
    t: fc.constant('object' as const),
    offsets,
    repeats: safe(1),
    observedAt: instant,
    deleted: fc.boolean(),
    object: fc.record({
      kind: text,
      apiVersion: text,
      namespace: text,
      name: text,
      uid: name,
      rv: text,
      labels: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
      annotations: fc.constant({}),
      owners: fc.constant<[]>([]),
    }),
  }),
)

/** Any chunk that has a place and a source. */
export const anyChunk: fc.Arbitrary<SignalChunk> = fc.record({
  kind: fc.constant('chunk' as const),
  cluster: name,
  namespace: text,
  source: fc.record({ topic: name, partition: fc.nat() }),
  signals: fc.array(fc.oneof(event, again, other), { maxLength: 6 }),
})

const told = ({ lastOffset, ...rest }: Telling): Telling =>
  lastOffset === undefined || lastOffset === rest.offset ? rest : { ...rest, lastOffset }

const formed = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).map(([key, v]: [string, unknown]) => [
      key,
      typeof v === 'string' ? v.toWellFormed() : v,
    ]),
  ) as T

/** A head as it comes out: text well-formed, and what is false left out. */
export const headAsRead = ({ combined, seriesDropped, ...head }: EventHead): EventHead => ({
  ...formed(head),
  involved: formed(head.involved),
  ...(combined === true ? { combined } : {}),
  ...(seriesDropped === true ? { seriesDropped } : {}),
})

const signalAsRead = (signal: Signal): Signal => {
  if (signal.t === 'event')
    return {
      ...signal,
      event: headAsRead(signal.event),
      tellings: signal.tellings.map(told),
    }
  if (signal.t === 'again')
    return { ...signal, uid: signal.uid.toWellFormed(), tellings: signal.tellings.map(told) }
  return signal
}

/** A chunk as it comes out. */
export const chunkAsRead = (chunk: SignalChunk): SignalChunk => ({
  ...formed(chunk),
  source: formed(chunk.source),
  signals: chunk.signals.map(signalAsRead),
})
