/** One message on its way to one channel, the same at every attempt. */
export interface Delivery {
  /** The idempotency key. */
  readonly key: string
  /** JSON for machines (`NoticeBody`). */
  readonly body: string
  /** Lines for people. */
  readonly text: string
  /** W3C trace context that the delivery continues. */
  readonly traceparent?: string | undefined
}

/** What came of one attempt. `again`: the same delivery may work later. `refused`: it never will. */
export type Attempt =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'again'; readonly why: string; readonly afterMs?: number | undefined }
  | { readonly outcome: 'refused'; readonly why: string }

/** Where notices go. `send` answers; it throws only for a bug. */
export interface Channel {
  readonly name: string
  readonly send: (delivery: Delivery, signal: AbortSignal) => Promise<Attempt>
}
