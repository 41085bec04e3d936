import type { Attempt, Channel, Delivery } from '@kubesift/core-notice'
import { Webhook } from 'standardwebhooks'
import { attemptOf } from './answer.ts'

export interface WebhookOptions {
  readonly url: string
  /** `whsec_` and base64, as Standard Webhooks writes a symmetric key. */
  readonly secret: string
  /** For the whole exchange, from connecting to the last byte read. */
  readonly timeoutMs: number
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  // fetch says "fetch failed" and hides the reason in its cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

/**
 * A generic webhook with Standard Webhooks signatures (standardwebhooks.com): `webhook-id` is the delivery key, so a receiver
 * drops repeats by it. An outcome that is not known (time-out, broken connection) is tried again with the same id.
 */
export const webhookChannel = ({ url, secret, timeoutMs }: WebhookOptions): Channel => {
  const signer = new Webhook(secret)
  const headersFor = ({ key, body, traceparent }: Delivery, at: Date): Record<string, string> => ({
    'content-type': 'application/json',
    'user-agent': 'kubesift-notifier',
    'webhook-id': key,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signer.sign(key, at, body),
    ...(traceparent === undefined ? {} : { traceparent }),
  })
  const send = async (delivery: Delivery, signal: AbortSignal): Promise<Attempt> => {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: headersFor(delivery, new Date()),
        body: delivery.body,
        redirect: 'manual',
        signal: ends,
      })
      return await attemptOf(response, Date.now())
    } catch (error) {
      return { outcome: 'again', why: reasonOf(error) }
    }
  }
  return { name: 'webhook', send }
}
