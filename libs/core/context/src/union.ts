export interface UnionRule<T> {
  readonly key: (t: T) => string
  readonly order: (x: T, y: T) => number
  /** Decides between two of one key: the greater one of some order, so that it does not matter who comes first. */
  readonly pick: (x: T, y: T) => T
  readonly keep: number
}

/** Union by key, then the `keep` greatest by order: both steps commute with further unions. */
export const union = <T>(a: readonly T[], b: readonly T[], rule: UnionRule<T>): T[] => {
  const byKey = new Map<string, T>()
  for (const item of [...a, ...b]) {
    const key = rule.key(item)
    const other = byKey.get(key)
    byKey.set(key, other === undefined ? item : rule.pick(other, item))
  }
  return [...byKey.values()].sort(rule.order).slice(-rule.keep)
}
