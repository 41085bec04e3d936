import { isAlertWebhook, isAllocation } from '@kubesift/core-signal'
import type { HeadPiece, Piece, ValuePiece } from './piece.ts'
import type { Place } from './place.ts'

type Json = Readonly<Record<string, unknown>>

/** One thing that the pipeline can read, or the reason why it cannot. */
export type Item =
  | {
      readonly t: 'kube'
      readonly object: Json
      readonly watchType?: string
      readonly place: Place
    }
  | { readonly t: 'logs'; readonly request: Json; readonly place: Place }
  | { readonly t: 'metrics' | 'spans'; readonly request: Json; readonly place: Place }
  | { readonly t: 'skipped'; readonly why: string; readonly place: Place }
  | {
      readonly t: 'rejected'
      readonly why: string
      readonly place: Place
      /** Not even the form of the input is known. */ readonly alien?: boolean
    }
  /** A list was seen, be it empty. */
  | { readonly t: 'list'; readonly place: Place }

/** Elements that leave their kind to the list wait for its head; a list of more is none that an API server made. */
const MAX_WAITING = 100_000
const MAX_NESTING = 4

/** What the values of an input are: Kubernetes objects (lists unfolded, kinds inherited), watch events, OTLP requests. */
export const itemsOf = async function* (pieces: AsyncIterable<Piece>): AsyncGenerator<Item> {
  let waiting: ValuePiece[] = []
  for await (const piece of pieces) {
    if (piece.t === 'broken')
      yield {
        t: 'rejected',
        why: piece.why,
        place: piece.place,
        alien: piece.place.item === undefined,
      }
    else if (piece.t === 'head') {
      yield* headItems(piece, waiting)
      waiting = []
    } else if (piece.inList !== true) yield* valueItems(piece.value, piece.place, {}, 0)
    else if (needsKind(piece.value) && waiting.length < MAX_WAITING) waiting.push(piece)
    else yield* valueItems(piece.value, piece.place, {}, 1)
  }
  // the list was cut off before its head came
  for (const { value, place } of waiting) yield* valueItems(value, place, {}, 1)
}

const asJson = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

const textAt = (from: Json, key: string): string | undefined => {
  const value = Object.hasOwn(from, key) ? from[key] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The keys of the export requests of a Collector. */
const OTLP = ['resourceLogs', 'resourceMetrics', 'resourceSpans']

const needsKind = (value: unknown): boolean => {
  const object = asJson(value)
  return (
    object !== undefined &&
    textAt(object, 'kind') === undefined &&
    !OTLP.some((key) => Object.hasOwn(object, key)) &&
    !isWatch(object)
  )
}

const isWatch = (object: Json): boolean =>
  textAt(object, 'type') !== undefined && asJson(object['object']) !== undefined

const headItems = function* (
  { head, place }: HeadPiece,
  waiting: readonly ValuePiece[],
): Generator<Item> {
  yield { t: 'list', place }
  const inherited = inheritedFrom(asJson(head))
  for (const element of waiting) yield* valueItems(element.value, element.place, inherited, 1)
}

/** `PodList` → `Pod`; `List` and `Table` say nothing of their elements. */
const inheritedFrom = (list: Json | undefined): Json => {
  const kind = list === undefined ? undefined : textAt(list, 'kind')
  if (list === undefined || kind === undefined || kind === 'List' || !kind.endsWith('List'))
    return {}
  return { kind: kind.slice(0, -'List'.length), apiVersion: textAt(list, 'apiVersion') ?? 'v1' }
}

const valueItems = function* (
  value: unknown,
  place: Place,
  inherited: Json,
  depth: number,
): Generator<Item> {
  const object = asJson(value)
  const list = Array.isArray(value) ? value : object === undefined ? undefined : elementsOf(object)
  if (list !== undefined && depth < MAX_NESTING) {
    yield { t: 'list', place }
    const passedOn = object === undefined ? {} : inheritedFrom(object)
    for (const [item, element] of list.entries())
      yield* valueItems(element, depth === 0 ? { ...place, item } : place, passedOn, depth + 1)
  } else if (object === undefined) {
    yield { t: 'rejected', why: `${nameOf(value)}, not an object`, place, alien: depth === 0 }
  } else yield objectItem(object, place, inherited, depth)
}

/** Go writes an empty slice as null. */
const elementsOf = (object: Json): readonly unknown[] | undefined => {
  if (!Object.hasOwn(object, 'items')) return undefined
  const kind = textAt(object, 'kind')
  if (kind !== undefined && !kind.endsWith('List')) return undefined
  const items = object['items']
  return items === null ? [] : Array.isArray(items) ? items : undefined
}

const objectItem = (object: Json, place: Place, inherited: Json, depth: number): Item => {
  if (Object.hasOwn(object, 'resourceLogs')) return { t: 'logs', request: object, place }
  if (Object.hasOwn(object, 'resourceMetrics')) return { t: 'metrics', request: object, place }
  if (Object.hasOwn(object, 'resourceSpans')) return { t: 'spans', request: object, place }
  if (isWatch(object)) return watchItem(object, place)
  if (isAlertWebhook(object) || isAllocation(object)) return { t: 'kube', object, place }
  const kind = textAt(object, 'kind') ?? kindByShape(object) ?? textAt(inherited, 'kind')
  if (kind === undefined) return { t: 'rejected', why: 'it has no kind', place, alien: depth === 0 }
  if (kind === 'Status')
    return {
      t: 'rejected',
      why: `the API server answered: ${textAt(object, 'message') ?? 'no reason given'}`,
      place,
      alien: depth === 0,
    }
  const apiVersion = textAt(object, 'apiVersion') ?? textAt(inherited, 'apiVersion') ?? 'v1'
  return { t: 'kube', object: { ...object, kind, apiVersion }, place }
}

/** Old clients wrote arrays of Events without saying that they are. */
const kindByShape = (object: Json): string | undefined =>
  asJson(object['involvedObject']) !== undefined || asJson(object['regarding']) !== undefined
    ? 'Event'
    : undefined

const watchItem = (event: Json, place: Place): Item => {
  const watchType = textAt(event, 'type') ?? ''
  const object = asJson(event['object']) ?? {}
  if (watchType === 'BOOKMARK') return { t: 'skipped', why: 'a bookmark of a watch', place }
  if (watchType === 'ERROR')
    return {
      t: 'rejected',
      why: `the watch ended: ${textAt(object, 'message') ?? 'no reason given'}`,
      place,
    }
  const item = objectItem(object, place, {}, 1)
  return item.t === 'kube' ? { ...item, watchType } : item
}

const nameOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
