/** Tags (field × 8 + wire type) of kubesift/signals/v1/signals.proto. */
export const BUNDLE = { chunks: 0x0a } as const

export const CHUNK = {
  cluster: 0x0a,
  namespace: 0x12,
  topic: 0x1a,
  partition: 0x20,
  events: 0x2a,
  others: 0x32,
  again: 0x3a,
  traceparent: 0x42,
} as const

export const AGAIN = { uuid: 0x0a, text: 0x12, tellings: 0x1a } as const

export const EVENT_SIGNAL = { event: 0x0a, tellings: 0x12 } as const

export const EVENT = {
  uid: 0x0a,
  kind: 0x12,
  namespace: 0x1a,
  name: 0x22,
  objectUid: 0x2a,
  apiVersion: 0x32,
  fieldPath: 0x3a,
  reason: 0x42,
  type: 0x4a,
  message: 0x52,
  firstAt: 0x59,
  component: 0x62,
  host: 0x6a,
  combined: 0x70,
  seriesDropped: 0x78,
  series: 0x82,
  madeAt: 0x89,
} as const

export const TELLING = { n: 0x08, at: 0x11, offset: 0x18, lastOffset: 0x20, repeats: 0x28 } as const
