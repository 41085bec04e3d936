/** A change that the truth names as the cause. */
export interface ExpectedChange {
  /** `rollout`, `config`, `node`, `quota` or `scale`. */
  readonly kind: string
  /** `namespace/Kind/name` */
  readonly object: string
  /** RFC 3339. */
  readonly at: string
}

/** One real cause, with all that broke with it. Owners are `namespace/Kind/name`, where `*` stands for anything. */
export interface ExpectedGroup {
  readonly id: string
  /** Whose incident is the primary one; each is as good as the first. */
  readonly owners: readonly string[]
  /** An incident that has one of these among its objects is as good: for labels that name a pod, not its owner. */
  readonly objects: readonly string[]
  /** Acceptable problems of the primary incident; null: any. */
  readonly problems: readonly string[] | null
  /** Acceptable classes of the cause; empty: not known. */
  readonly classes: readonly string[]
  /** Whose incidents belong to this group. */
  readonly affected: readonly string[]
  /** May be opened or not. */
  readonly optional: boolean
  /** Whether all was well again by the end; null: not known. */
  readonly recovered: boolean | null
  readonly recoveredAt: string | null
  readonly mayStayOpen: readonly string[]
  readonly change: ExpectedChange | null
  readonly severities: readonly string[] | null
}

/** Warning Events of which the truth knows the owner. */
export interface OwnedReason {
  readonly owner: string
  readonly reason: string
  readonly type: string
}

/** What a pipeline should find in a scenario, whatever kind of label said so. */
export interface Expectation {
  /** null: it is not known who is to blame, so nothing about incidents can be judged. */
  readonly groups: readonly ExpectedGroup[] | null
  /** Patterns of owners that are left out of the judgement. */
  readonly ignore: readonly string[]
  /**
   * `never`: not even for a short time may anything open. `at-the-end`: only what is open at the end is one too many (a cluster that
   * converged). `as-grouped`: every incident outside the groups is.
   */
  readonly nothing: 'never' | 'at-the-end' | 'as-grouped'
  readonly owned: readonly OwnedReason[]
}
