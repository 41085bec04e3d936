import { withoutCost, type Cost, type Evidence } from '@kubesift/contracts'

/** Where something stands in Kafka moves with every record of an object, also with one that says nothing new (a heartbeat). */
const PLACES: ReadonlySet<string> = new Set(['cause', 'records'])

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether two values say the same, wherever the records stand that say it. */
const saysTheSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => saysTheSame(item, b[i]))
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && (PLACES.has(key) || saysTheSame(a[key], b[key])))
  )
}

interface Told {
  readonly key: string
  readonly occurrenceCount: number
  readonly lastSeenAt: number
  readonly cost?: Cost | undefined
  readonly evidence: readonly Evidence[]
}

/**
 * What was published last of each key, as long as this machine lives: to publish the same once more is work for everybody downstream. It
 * is not stored: after a crash the same is said again, never too little. What an owner costs is no news, but that it costs something is.
 */
export class News<T extends Told> {
  readonly #told = new Map<string, T>()

  /** Whether this says anything that was not said; from now on it was. */
  take(context: T): boolean {
    const before = this.#told.get(context.key)
    this.#told.set(context.key, context)
    return (
      before === undefined ||
      before.occurrenceCount !== context.occurrenceCount ||
      before.lastSeenAt !== context.lastSeenAt ||
      !saysTheSame(withoutCost(before), withoutCost(context))
    )
  }

  /** All is said of this key; what comes yet will be new. */
  forget(key: string): void {
    this.#told.delete(key)
  }
}
