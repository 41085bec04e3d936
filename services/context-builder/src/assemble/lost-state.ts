import type { Kafka } from '@kubesift/adapter-kafka'
import type { Claim, Measured, NamespaceWrite, StateStore } from '@kubesift/adapter-redis'
import { namespaceKey, type Context } from '@kubesift/contracts'
import {
  isOlder,
  measuredAt,
  NO_CLOCK,
  seedsOf,
  TOO_LATE_FIELD,
  type Classifier,
  type Clock,
  type Horizon,
} from '@kubesift/core-context'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RebuildProgress } from './rebuild-progress.ts'
import { readToldBefore, type Known, type ToldBefore } from './told-before.ts'

/** Partitions that are assigned together are restored together: so long the first one waits for the others. */
const TOGETHER_MS = 200

export interface LostStateOptions {
  readonly kafka: Kafka
  readonly store: Pick<StateStore, 'begin'>
  readonly classifier: Classifier
  readonly latenessMs: number
  readonly rebuilds: RebuildProgress
  /** For people alone: since when a state is made again. */
  readonly now: () => number
  readonly log: {
    info: (what: object, text: string) => void
    warn: (what: object, text: string) => void
  }
}

/**
 * Begins the state of partitions that have none in Redis: from `incident-contexts`, where what is not left in `signals` is known, and
 * from the oldest record of `signals`, under an epoch of its own. Where nothing was ever published it is a first start, and nothing is done.
 */
export class LostState {
  readonly #options: LostStateOptions
  #asked: Promise<ToldBefore> | undefined
  /** Since when partitions wait for what is read. */
  readonly #waiting = new Map<number, number>()

  constructor(options: LostStateOptions) {
    this.#options = options
  }

  /** Answers the claim to go on with. */
  async restore(claim: Claim): Promise<Claim> {
    const { partition } = claim
    const since = this.#options.now()
    this.#waiting.set(partition, since)
    const told = await this.#known().finally(() => this.#waiting.delete(partition))
    const known = told.partitions.get(partition)
    // Others may wait for it still: what is ours is let go as it is used.
    told.partitions.delete(partition)
    if (known === undefined || known.epoch === 0) return claim
    const { classifier, latenessMs, rebuilds, store, log } = this.#options
    const { from } = known.span
    const other = otherEpoch(known)
    const until = known.versions
      .filter(({ epoch }) => epoch > other)
      .reduce((end, { offset }) => Math.max(end, offset + 1), from)
    const at = horizonOf(known, other > 0)
    const horizon: Horizon = {
      rules: classifier.rules,
      at,
      through: Math.min(at, known.watermark ?? at - latenessMs),
      from,
      until,
    }
    const contexts = olderIn(known, horizon)
    const epoch = Math.max(known.epoch + 1, claim.epoch)
    const about = { partition, epoch, from, until, contexts }
    log.info(
      about,
      'redis has no state of this partition: it is made again from contexts and signals',
    )
    return store.begin(claim, {
      epoch,
      until,
      since,
      next: from,
      clock: clockOf(known.blind),
      measured: measuredOf(known, horizon),
      namespaces: namespacesOf(known, horizon, (left, of) =>
        rebuilds.at({ partition, since, epoch, step: 'beginning', left, of }),
      ),
    })
  }

  /** Asked for by several at once it is read once, after the last of them has taken its partition. */
  #known(): Promise<ToldBefore> {
    this.#asked ??= sleep(TOGETHER_MS).then(() => {
      this.#asked = undefined
      return this.#read()
    })
    return this.#asked
  }

  async #read(): Promise<ToldBefore> {
    const { kafka, log, rebuilds } = this.#options
    const told = await readToldBefore(kafka, (left, of) => {
      for (const [partition, since] of this.#waiting)
        rebuilds.at({ partition, since, step: 'contexts', left, of })
    })
    const { unreadable, first } = told
    if (unreadable > 0)
      log.warn(
        { unreadable, first },
        'records of incident-contexts cannot be read: what only they knew is not made again',
      )
    return told
  }
}

/**
 * The newest epoch under which contexts were told from beyond the end: when it ended the topic was made anew, and offsets told under it or
 * before say nothing of what is there now. 0: the topic is the one that it was.
 */
const otherEpoch = ({ versions, span: { to } }: Known): number =>
  versions.reduce((last, { epoch, offset }) => (offset >= to ? Math.max(last, epoch) : last), 0)

/** What was not seen or heard is so until something comes, though nothing that is left says since when. */
const clockOf = (blind: readonly Context[]): Clock => {
  const of = (kind: string): Clock['blind'] =>
    Object.fromEntries(
      blind.flatMap(({ owner, cluster, spells }) =>
        owner.kind === kind ? [[cluster, spells]] : [],
      ),
    )
  return { ...NO_CLOCK, blind: of('Cluster') ?? {}, deaf: of('EventStream') ?? {} }
}

/** Everything before it is known from contexts alone. */
const horizonOf = ({ span, oldestAt, told }: Known, isOther: boolean): number => {
  if (oldestAt === undefined)
    return [...told.values()]
      .flat()
      .reduce((last, c) => Math.max(last, c.lastSeenAt, c.watermark ?? -Infinity), -Infinity)
  // Nothing has gone: all is derived from the records.
  return span.from === 0 && !isOther ? -Infinity : oldestAt
}

const olderIn = ({ told }: Known, horizon: Horizon): number => {
  let older = 0
  for (const some of told.values()) older += some.filter((each) => isOlder(each, horizon)).length
  return older
}

/** One after the other: of all that are known there may be more than fits into memory when it is read. */
function* measuredOf({ told }: Known, horizon: Horizon): Generator<Measured> {
  for (const some of told.values())
    for (const { read } of some) {
      const context = read()
      const at = measuredAt(context, horizon)
      if (at !== undefined) yield { at, context }
    }
}

/** One after the other, as above; each is let go when it has been asked for. */
function* namespacesOf(
  { told, ledgers }: Known,
  horizon: Horizon,
  begun: (left: number, of: number) => void,
): Generator<NamespaceWrite> {
  const late = new Map(
    ledgers.map(({ cluster, namespace, kinds }) => [
      namespaceKey(cluster, namespace),
      JSON.stringify(kinds),
    ]),
  )
  const seeding = [...told].flatMap(([id, some]) =>
    some.some((each) => isOlder(each, horizon)) ? [id] : [],
  )
  const ids = new Set([...seeding, ...late.keys()])
  let left = ids.size
  for (const id of ids) {
    begun(left--, ids.size)
    const ledger = late.get(id)
    const older = (told.get(id) ?? []).filter((each) => isOlder(each, horizon))
    const fields = seedsOf(
      older.map(({ read }) => read()),
      horizon,
    )
    told.delete(id)
    if (ledger !== undefined) fields.set(TOO_LATE_FIELD, ledger)
    yield {
      id,
      chunks: [],
      saved: false,
      fields,
      // What was open is looked at as soon as time is known.
      timer: { at: Number.isFinite(horizon.at) ? horizon.at : null, stale: false },
      publish: false,
    }
  }
}
