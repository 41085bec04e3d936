import type { Signal } from '@kubesift/contracts'

/** What a reader makes of one thing: a signal and where it goes, nothing by design, or the reason why it cannot say. */
export type ReadOne =
  | {
      readonly ok: true
      readonly namespace: string
      readonly signal: Signal
      /** Where the thing itself names its cluster. */
      readonly cluster?: string
    }
  | {
      readonly ok: true
      readonly skipped: string
      /** Whose it was, where that is not plain from the record. */
      readonly source?: 'pod_logs' | 'hubble' | 'envoy' | 'opencost'
    }
  | { readonly ok: false; readonly why: string }

/** One record may tell of several things. */
export type Read = ReadOne | { readonly ok: true; readonly each: readonly ReadOne[] }
