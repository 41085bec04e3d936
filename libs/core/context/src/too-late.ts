/** Records that came after what they tell of was retired. They change no count: what they say may be in it already. */
export interface TooLate {
  readonly records: number
  /** The occurrences that they told of; what was told before is among them. */
  readonly occurrences: number
  /** The newest occurrence that was told of. */
  readonly newestAt: number
}

const MAX_KINDS = 20
const OTHERS = '(others)'

/** The ledger of a namespace: by the kind of object that a record was about. */
export type TooLateByKind = Readonly<Record<string, TooLate>>

/** Enters one record. The kind is what the cluster says: beyond some twenty all others are one. */
export const enter = (
  ledger: TooLateByKind,
  kind: string,
  { occurrences, at }: { readonly occurrences: number; readonly at: number },
): TooLateByKind => {
  const known = Object.hasOwn(ledger, kind)
  const name = known || Object.keys(ledger).length < MAX_KINDS ? kind : OTHERS
  const before = Object.hasOwn(ledger, name) ? ledger[name] : undefined
  const entry: TooLate = {
    records: (before?.records ?? 0) + 1,
    occurrences: (before?.occurrences ?? 0) + occurrences,
    newestAt: Math.max(before?.newestAt ?? -Infinity, at),
  }
  return Object.fromEntries([...Object.entries(ledger), [name, entry]])
}
