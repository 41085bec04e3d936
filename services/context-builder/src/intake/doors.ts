import { isAlertWebhook, isAllocation } from '@kubesift/core-signal'

type Json = Readonly<Record<string, unknown>>

/** One path of the intake, and what may be posted to it. */
export interface Door {
  readonly path: string
  /** Whether this is what the door is for; the entries of it are looked at one by one only when it is read again. */
  readonly takes: (body: Json) => boolean
  /** What a sender hears whose body is something else … */
  readonly shape: string
  /** … or too large. */
  readonly size: string
}

/** Where Alertmanager posts to. */
export const ALERTS: Door = {
  path: '/v1/alerts',
  takes: isAlertWebhook,
  shape: 'the body is no Alertmanager webhook',
  size: 'the body is too large: lower max_alerts',
}

/** Where an answer of OpenCost is posted to. */
export const COSTS: Door = {
  path: '/v1/costs',
  takes: isAllocation,
  shape: "the body is no answer of OpenCost's /allocation (or it is an error of it)",
  size: 'the body is too large: aggregate by namespace,controllerKind,controller, or post namespace by namespace',
}

export const DOORS: readonly Door[] = [ALERTS, COSTS]

/** Whether a text is a JSON object that this door takes. */
export const isTaken = (text: string, { takes }: Pick<Door, 'takes'>): boolean => {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) && takes(body as Json)
  } catch {
    // not JSON: the sender hears what it should be
    return false
  }
}
