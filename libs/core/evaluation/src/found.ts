/** An incident as any of the doors shows it, cut down to what the judges of causes need. */
export interface Judged {
  /** `namespace/Kind/name` */
  readonly owner: string
  /** null: this finder names none, so any is taken for right. */
  readonly problem: string | null
  readonly status: string
  /** The cause class that the analyst names first. */
  readonly cause?: string | undefined
  /** The objects that its Events are about, as `namespace/Kind/name`. */
  readonly objects?: readonly string[]
}

/** A change as an incident lists it. */
export interface FoundChange {
  readonly kind: string
  readonly object: string
  /** Milliseconds. */
  readonly at: number
}

/** An incident with all that is scored. */
export interface Found extends Judged {
  /** What people read in a list of faults. */
  readonly label: string
  readonly group: string
  readonly severity: string | null
  /** When it would be told, and whether by itself; absent of a finder that knows no times. Milliseconds, event time. */
  readonly told?: {
    /** Whether it stands for the cause of its group. */
    readonly primary: boolean
    readonly openedAt: number
    readonly endedAt: number | null
  }
  /** Nearest first. */
  readonly changes: readonly FoundChange[]
}

/** Under which owner Events of a reason were filed, be it in an incident or among the ignored. */
export interface Filed {
  /** `namespace/Kind/name`, or `Kind/name` where the ledger names no namespace. */
  readonly owner: string
  readonly reason: string
}

/** What one way of finding incidents makes of an input. */
export interface Findings {
  /** As of the newest record. */
  readonly incidents: readonly Found[]
  /** The same after everything has had time to settle. */
  readonly settled: readonly Found[]
  readonly filed: readonly Filed[]
}

/** A Warning Event of the input, raw: the object is the one that it is about. */
export interface WarningEvent {
  readonly uid: string
  /** `namespace/Kind/name` */
  readonly object: string
  readonly reason: string
}

/** What went in, counted without the product's rules. */
export interface Input {
  /** States of Events, each once. */
  readonly events: number
  /** Warning Events by UID. */
  readonly warnings: readonly WarningEvent[]
}
