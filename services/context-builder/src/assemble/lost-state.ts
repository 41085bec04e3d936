import {
  partitionOf,
  readRecords,
  spansOf,
  type Kafka,
  type RawRecord,
  type Span,
} from '@kubesift/adapter-kafka'
import type { Claim, NamespaceWrite, StateStore } from '@kubesift/adapter-redis'
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
import {
  BLIND,
  isOlder,
  measuredAt,
  seedsOf,
  TOO_LATE_FIELD,
  type Classifier,
  type Horizon,
} from '@kubesift/core-context'
import { setTimeout as sleep } from 'node:timers/promises'

/** Partitions that are assigned together are restored together: so long the first one waits for the others. */
const TOGETHER_MS = 200

/** What is known of a partition elsewhere than in Redis. */
interface Known {
  /** The largest epoch under which anything was published; 0: nothing ever was. */
  readonly epoch: number
  readonly span: Span
  /** When the oldest record that is left was written; undefined: none is left. */
  readonly oldestAt: number | undefined
  /** The newest version of each key. */
  readonly versions: readonly ContextVersion[]
  /** Contexts that may tell of what is not left in `signals`. */
  readonly older: readonly Context[]
  /** The largest watermark that is known; undefined: none is. */
  readonly watermark: number | undefined
  readonly ledgers: readonly TooLateLedger[]
}

export interface LostStateOptions {
  readonly kafka: Kafka
  readonly store: Pick<StateStore, 'begin'>
  readonly classifier: Classifier
  readonly latenessMs: number
  readonly log: { info: (what: object, text: string) => void }
}

const textOf = ({ value }: RawRecord): string | undefined => value?.toString('utf8')

/**
 * Begins the state of partitions that have none in Redis: from `incident-contexts`, where what is not left in `signals` is known, and
 * from the oldest record of `signals`, under an epoch of its own. Where nothing was ever published it is a first start, and nothing is done.
 */
export class LostState {
  readonly #options: LostStateOptions
  #asked: Promise<ReadonlyMap<number, Known>> | undefined

  constructor(options: LostStateOptions) {
    this.#options = options
  }

  /** Answers the claim to go on with. */
  async restore(claim: Claim): Promise<Claim> {
    const known = (await this.#known()).get(claim.partition)
    if (known === undefined || known.epoch === 0) return claim
    const { classifier, latenessMs, store, log } = this.#options
    const { from, to } = known.span
    // Contexts told from beyond the end: the topic was made anew, and its offsets say nothing of theirs.
    const isOther = known.versions.some(({ offset }) => offset >= to)
    const until = isOther
      ? from
      : known.versions.reduce((end, { offset }) => Math.max(end, offset + 1), from)
    const at = horizonOf(known, isOther)
    const horizon: Horizon = {
      rules: classifier.rules,
      at,
      through: Math.min(at, known.watermark ?? at - latenessMs),
      from,
      until,
    }
    const older = known.older.filter((context) => isOlder(context, horizon))
    const measured = older.flatMap((context) => {
      const at = measuredAt(context, horizon)
      return at === undefined ? [] : [{ at, context }]
    })
    const epoch = known.epoch + 1
    const about = { partition: claim.partition, epoch, from, until, contexts: older.length }
    log.info(
      about,
      'redis has no state of this partition: it is made again from contexts and signals',
    )
    return store.begin(claim, {
      epoch,
      until,
      next: from,
      measured,
      namespaces: namespacesOf(older, known.ledgers, horizon),
    })
  }

  /** Asked for by several at once it is read once, after the last of them has taken its partition. */
  #known(): Promise<ReadonlyMap<number, Known>> {
    this.#asked ??= sleep(TOGETHER_MS).then(() => {
      this.#asked = undefined
      return readKnown(this.#options.kafka)
    })
    return this.#asked
  }
}

/** Everything before it is known from contexts alone. */
const horizonOf = ({ span, oldestAt, older }: Known, isOther: boolean): number => {
  if (oldestAt === undefined)
    return older.reduce(
      (last, c) => Math.max(last, c.lastSeenAt, c.watermark ?? -Infinity),
      -Infinity,
    )
  // Nothing has gone: all is derived from the records.
  return span.from === 0 && !isOther ? -Infinity : oldestAt
}

const namespacesOf = (
  contexts: readonly Context[],
  ledgers: readonly TooLateLedger[],
  horizon: Horizon,
): NamespaceWrite[] => {
  const fields = new Map<string, Map<string, string>>()
  for (const [id, some] of Map.groupBy(contexts, (c) => namespaceKey(c.cluster, c.namespace)))
    fields.set(id, seedsOf(some, horizon))
  for (const { cluster, namespace, kinds } of ledgers) {
    const id = namespaceKey(cluster, namespace)
    const own = fields.get(id) ?? new Map<string, string>()
    fields.set(id, own.set(TOO_LATE_FIELD, JSON.stringify(kinds)))
  }
  return [...fields].map(([id, own]) => ({
    id,
    chunks: [],
    saved: false,
    fields: own,
    // What was open is looked at as soon as time is known.
    timer: { at: Number.isFinite(horizon.at) ? horizon.at : null, stale: false },
    publish: false,
  }))
}

/** What is kept of the newest context of a key. */
interface Newest extends Pick<Context, 'version' | 'watermark'> {
  readonly partition: number
  /** Itself, where it may tell of what is not left in `signals`. */
  readonly older: Context | undefined
}

const latest = (before: number | undefined, { watermark }: Newest): number | undefined =>
  watermark === null ? before : Math.max(before ?? -Infinity, watermark)

const readKnown = async (kafka: Kafka): Promise<ReadonlyMap<number, Known>> => {
  const spans = await spansOf(kafka, signals.topic)
  const oldestAt = await oldestOf(kafka, spans)
  const placeOf = ({ cluster, namespace }: { cluster: string; namespace: string }): number =>
    partitionOf(namespaceKey(cluster, namespace), spans.size)
  const newest = new Map<string, Newest>()
  await readRecords(kafka, incidentContexts.topic, {
    spans: await spansOf(kafka, incidentContexts.topic),
    take: (record) => {
      const key = record.key?.toString('utf8') ?? ''
      const text = textOf(record)
      if (text === undefined) return void newest.delete(key)
      const read = parseJson(incidentContexts.schema, text)
      if (!read.ok) return
      const { value } = read
      const before = newest.get(value.key)
      if (before !== undefined && compareVersions(before.version, value.version) > 0) return
      const partition = placeOf(value)
      const may = value.firstSeenAt <= (oldestAt.get(partition) ?? Infinity)
      const older = may && value.problem !== BLIND ? value : undefined
      const { version, watermark } = value
      newest.set(value.key, { partition, version, watermark, older })
    },
  })
  const ledgers: TooLateLedger[] = []
  await readRecords(kafka, tooLate.topic, {
    spans: await spansOf(kafka, tooLate.topic),
    take: (record) => {
      const text = textOf(record)
      const read = text === undefined ? undefined : parseJson(tooLate.schema, text)
      if (read?.ok === true) ledgers.push(read.value)
    },
  })
  const all = [...newest.values()]
  const epoch = all.reduce((last, { version }) => Math.max(last, version.epoch), 0)
  return new Map(
    [...spans].map(([partition, span]) => {
      const here = all.filter((each) => each.partition === partition)
      const known: Known = {
        epoch,
        span,
        oldestAt: oldestAt.get(partition),
        versions: here.map(({ version }) => version),
        watermark: here.reduce(latest, undefined),
        older: here.flatMap(({ older }) => older ?? []),
        ledgers: ledgers.filter((ledger) => placeOf(ledger) === partition),
      }
      return [partition, known]
    }),
  )
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
