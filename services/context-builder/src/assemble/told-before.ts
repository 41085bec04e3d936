import {
  partitionOf,
  readRecords,
  spansOf,
  type Kafka,
  type RawRecord,
  type Span,
} from '@kubesift/adapter-kafka'
import {
  compareVersions,
  incidentContexts,
  namespaceKey,
  parseJson,
  signals,
  tooLate,
  type Context,
  type ContextVersion,
  type TooLateLedger,
} from '@kubesift/contracts'
import { BLIND, tellsOfEnds } from '@kubesift/core-context'
import { z } from 'zod'

/** A context as it lies in the topic: read, all of them would be several times as much. */
export interface Told extends Pick<Context, 'firstSeenAt' | 'lastSeenAt' | 'watermark'> {
  /** Anew each time. */
  readonly read: () => Context
}

/** What is known of a partition elsewhere than in Redis. */
export interface Known {
  /** The largest epoch under which anything was published; 0: nothing ever was. */
  readonly epoch: number
  readonly span: Span
  /** When the oldest record that is left was written; undefined: none is left. */
  readonly oldestAt: number | undefined
  /** The newest version of each key. */
  readonly versions: readonly ContextVersion[]
  /** Contexts that may tell of what is not left in `signals`, by namespace. */
  readonly told: Map<string, readonly Told[]>
  /** Those of clusters that were not seen, or not heard: they are told by the clock. */
  readonly blind: readonly Context[]
  /** The largest watermark that is known; undefined: none is. */
  readonly watermark: number | undefined
  readonly ledgers: readonly TooLateLedger[]
}

export interface ToldBefore {
  readonly partitions: Map<number, Known>
  /** Records that are no contexts, or of a form that this version does not know, and where the first of them lies. */
  readonly unreadable: number
  readonly first: string | undefined
}

const textOf = ({ value }: RawRecord): string | undefined => value?.toString('utf8')

/** What is asked even of a context of another form: nothing may be published under its epoch again. */
const versioned = z.object({ version: z.object({ epoch: z.number().int().nonnegative() }) })

/** What is kept of the newest context of a key. */
interface Newest extends Pick<Context, 'version' | 'watermark'> {
  readonly namespace: string
  /** Itself, where it may tell of what is not left in `signals`. */
  readonly told: Told | undefined
  /** Itself, where it is that of a cluster that was not seen. */
  readonly blind: Context | undefined
}

/** The bytes alone: those that Kafka's client hands over belong to a fetch of many, and would keep all of it. */
const toldOf = ({ value }: RawRecord, context: Context): Told => {
  const { firstSeenAt, lastSeenAt, watermark } = context
  const bytes = Buffer.from(value ?? [])
  const read = (): Context => incidentContexts.schema.parse(JSON.parse(bytes.toString('utf8')))
  return { firstSeenAt, lastSeenAt, watermark, read }
}

const latest = (before: number | undefined, { watermark }: Newest): number | undefined =>
  watermark === null ? before : Math.max(before ?? -Infinity, watermark)

const keptOf = (
  record: RawRecord,
  context: Context,
  mayBeGone: boolean,
): Omit<Newest, 'namespace'> => {
  const { version, watermark } = context
  const isBlind = context.problem === BLIND
  const tells = !isBlind && (mayBeGone || tellsOfEnds(context))
  return {
    version,
    watermark,
    told: tells ? toldOf(record, context) : undefined,
    blind: isBlind ? context : undefined,
  }
}

/** Reads what was published so far: the newest contexts, and the ledgers of what came too late. */
export const readToldBefore = async (
  kafka: Kafka,
  progress: (left: number, of: number) => void = () => undefined,
): Promise<ToldBefore> => {
  const spans = await spansOf(kafka, signals.topic)
  const oldestAt = await oldestOf(kafka, spans)
  const places = new Places(spans.size)
  const newest = new Map<string, Newest>()
  let [epoch, unreadable] = [0, 0]
  let first: string | undefined
  const written = await spansOf(kafka, incidentContexts.topic)
  const told = toldIn(written, progress)
  await readRecords(kafka, incidentContexts.topic, {
    spans: written,
    take: (record) => {
      told(record)
      const key = record.key?.toString('utf8') ?? ''
      const text = textOf(record)
      if (text === undefined) return void newest.delete(key)
      const read = parseJson(incidentContexts.schema, text)
      if (!read.ok) {
        unreadable += 1
        first ??= `${record.partition}/${record.offset} (${key.slice(0, 200)}): ${read.why}`
        const form = parseJson(versioned, text)
        if (form.ok) epoch = Math.max(epoch, form.value.version.epoch)
        return
      }
      const { value } = read
      epoch = Math.max(epoch, value.version.epoch)
      const before = newest.get(value.key)
      if (before !== undefined && compareVersions(before.version, value.version) > 0) return
      const namespace = places.idOf(value)
      const mayBeGone =
        value.firstSeenAt <= (oldestAt.get(places.partitionOf(namespace)) ?? Infinity)
      newest.set(value.key, { namespace, ...keptOf(record, value, mayBeGone) })
    },
  })
  const ledgers = await ledgersOf(kafka)
  const all = Map.groupBy(newest.values(), (each) => places.partitionOf(each.namespace))
  newest.clear()
  const partitions = new Map(
    [...spans].map(([partition, span]) => {
      const here = all.get(partition) ?? []
      const known: Known = {
        epoch,
        span,
        oldestAt: oldestAt.get(partition),
        versions: here.map(({ version }) => version),
        watermark: here.reduce(latest, undefined),
        told: toldByNamespace(here),
        blind: here.flatMap(({ blind }) => blind ?? []),
        ledgers: ledgers.filter((ledger) => places.partitionOf(places.idOf(ledger)) === partition),
      }
      return [partition, known]
    }),
  )
  return { partitions, unreadable, first }
}

const toldByNamespace = (newest: readonly Newest[]): Map<string, Told[]> => {
  const byNamespace = new Map<string, Told[]>()
  for (const { namespace, told } of newest) {
    if (told === undefined) continue
    const others = byNamespace.get(namespace)
    if (others === undefined) byNamespace.set(namespace, [told])
    else others.push(told)
  }
  return byNamespace
}

/** Where namespaces are at home; each has one name here, however many contexts it has. */
class Places {
  readonly #partitions: number
  readonly #homes = new Map<string, { readonly id: string; readonly partition: number }>()

  constructor(partitions: number) {
    this.#partitions = partitions
  }

  idOf({ cluster, namespace }: Pick<Context, 'cluster' | 'namespace'>): string {
    return this.#homeOf(namespaceKey(cluster, namespace)).id
  }

  partitionOf(id: string): number {
    return this.#homeOf(id).partition
  }

  #homeOf(id: string): { readonly id: string; readonly partition: number } {
    const known = this.#homes.get(id)
    if (known !== undefined) return known
    const home = { id, partition: partitionOf(id, this.#partitions) }
    this.#homes.set(id, home)
    return home
  }
}

const TOLD_EVERY = 1_000

/** Says how much is left after so many records each; where there is nothing to read it is silent. */
const toldIn = (
  spans: ReadonlyMap<number, Span>,
  progress: (left: number, of: number) => void,
): ((record: RawRecord) => void) => {
  const ends = new Map(spans)
  const sum = (): number => [...ends.values()].reduce((all, { from, to }) => all + (to - from), 0)
  const of = sum()
  if (of > 0) progress(of, of)
  let read = 0
  return ({ partition, offset }) => {
    const end = ends.get(partition)
    if (end !== undefined) ends.set(partition, { from: offset + 1, to: end.to })
    if (++read % TOLD_EVERY === 0) progress(sum(), of)
  }
}

const ledgersOf = async (kafka: Kafka): Promise<TooLateLedger[]> => {
  const ledgers: TooLateLedger[] = []
  await readRecords(kafka, tooLate.topic, {
    spans: await spansOf(kafka, tooLate.topic),
    take: (record) => {
      const text = textOf(record)
      const read = text === undefined ? undefined : parseJson(tooLate.schema, text)
      if (read?.ok === true) ledgers.push(read.value)
    },
  })
  return ledgers
}

/** When the oldest record of each partition was written. */
const oldestOf = async (
  kafka: Kafka,
  spans: ReadonlyMap<number, Span>,
): Promise<ReadonlyMap<number, number>> => {
  const first = new Map(
    [...spans].map(([p, { from, to }]) => [p, { from, to: Math.min(to, from + 1) }]),
  )
  const found = new Map<number, number>()
  await readRecords(kafka, signals.topic, {
    spans: first,
    take: ({ partition, timestamp }) => void found.set(partition, timestamp),
  })
  return found
}
