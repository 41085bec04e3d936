import { allocationParts, isAlertWebhook, isAllocation } from '@kubesift/core-signal'

type Json = Readonly<Record<string, unknown>>

/** One path of the intake, and what may be posted to it. */
export interface Door {
  readonly path: string
  /** Whether this is what the door is for; the entries of it are looked at one by one only when it is read again. */
  readonly takes: (body: Json) => boolean
  /** So many times what Kafka takes may a body be. */
  readonly times: number
  /** The body as texts of at most `maxBytes`, to be written one by one; undefined: it cannot be divided so far. */
  readonly parts: (text: string, body: Json, maxBytes: number) => readonly string[] | undefined
  /** What a sender hears whose body is something else … */
  readonly shape: string
  /** … or too large. */
  readonly size: string
}

/** Where Alertmanager posts to. */
export const ALERTS: Door = {
  path: '/v1/alerts',
  takes: isAlertWebhook,
  times: 1,
  parts: (text) => [text],
  shape: 'the body is no Alertmanager webhook',
  size: 'the body is too large: lower max_alerts',
}

/** Where an answer of OpenCost is posted to. What Kafka takes is written as it came; of a larger one what is read, in parts. */
export const COSTS: Door = {
  path: '/v1/costs',
  takes: isAllocation,
  times: 8,
  parts: (text, body, maxBytes) =>
    Buffer.byteLength(text) <= maxBytes ? [text] : allocationParts(body, maxBytes),
  shape: "the body is no answer of OpenCost's /allocation (or it is an error of it)",
  size: 'the body is too large: aggregate by namespace,controllerKind,controller, or post namespace by namespace',
}

export const DOORS: readonly Door[] = [ALERTS, COSTS]

/** The JSON object that a text is, where this door takes it. */
export const bodyIn = (text: string, { takes }: Pick<Door, 'takes'>): Json | undefined => {
  try {
    const body: unknown = JSON.parse(text)
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
    return isObject && takes(body as Json) ? (body as Json) : undefined
  } catch {
    // not JSON: the sender hears what it should be
    return undefined
  }
}
