import type { SlimObject } from '@kubesift/contracts'
import { union } from './union.ts'

/** What was set in an object from an instant on. */
export interface Setting {
  /** First seen so. */
  readonly at: number
  /** When its spec was last written by then, by managedFields: whole seconds. */
  readonly writtenAt?: number
  readonly manager?: string
  readonly values: Readonly<Record<string, string>>
}

const KEPT = 8

const textOf = (values: Setting['values']): string => JSON.stringify(values)
/** Status updates of an object leave both as they are; a change that is taken back is written anew. */
const keyOf = ({ writtenAt, values }: Setting): string => `${writtenAt ?? ''} ${textOf(values)}`

/** Of too many the last written: a rule of the key alone, so that it commutes with joining. */
const byKey = (x: Setting, y: Setting): number =>
  (x.writtenAt ?? 0) - (y.writtenAt ?? 0) || (keyOf(x) < keyOf(y) ? -1 : 1)

/** The first sight of each; commutative, associative, idempotent (property-tested). */
export const joinSettings = (
  a: readonly Setting[] = [],
  b: readonly Setting[] = [],
): readonly Setting[] =>
  a.length + b.length === 0
    ? a
    : union(a, b, {
        key: keyOf,
        order: byKey,
        pick: (x, y) =>
          x.at !== y.at ? (x.at < y.at ? x : y) : (x.manager ?? '') >= (y.manager ?? '') ? x : y,
        keep: KEPT,
      })

/** Keys with the hashes of their values, as settings. */
const dataOf = ({ data }: SlimObject): Setting['values'] | undefined =>
  data === undefined
    ? undefined
    : Object.fromEntries(
        Object.entries(data)
          .map(([key, hash]): [string, string] => [`data.${key}`, hash])
          .sort(([x], [y]) => (x < y ? -1 : 1)),
      )

/** What one version of an object says. */
export const settingsAt = (object: SlimObject, at: number): readonly Setting[] => {
  const values = object.settings ?? dataOf(object)
  if (values === undefined || object.workload !== undefined) return []
  const { at: writtenAt, manager } = object.writer ?? {}
  return [
    {
      at,
      ...(writtenAt === undefined ? {} : { writtenAt }),
      ...(manager === undefined ? {} : { manager }),
      values,
    },
  ]
}

const timeOf = ({ at, writtenAt }: Setting): number => writtenAt ?? Math.floor(at / 1000) * 1000

/** In the order in which they were set. */
export const inOrder = (settings: readonly Setting[]): Setting[] =>
  settings.toSorted((x, y) => timeOf(x) - timeOf(y) || x.at - y.at || byKey(x, y))

/** A sight later than this after the write was a late one, and the write says when. */
const LATE_MS = 2_000

/** When a setting took the place of the one before it. */
export const setAt = (now: Setting, before: Setting | undefined): number =>
  now.writtenAt !== undefined &&
  now.writtenAt !== before?.writtenAt &&
  now.at - now.writtenAt > LATE_MS
    ? now.writtenAt
    : now.at
