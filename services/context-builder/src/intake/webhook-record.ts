import { encodeLogs } from '@kubesift/adapter-otlp'
import { isAlertWebhook } from '@kubesift/core-signal'

/** Whether a text is what Alertmanager posts; its alerts are looked at one by one only when it is read again. */
export const isWebhookText = (text: string): boolean => {
  try {
    const body: unknown = JSON.parse(text)
    return (
      typeof body === 'object' &&
      body !== null &&
      !Array.isArray(body) &&
      isAlertWebhook(body as Readonly<Record<string, unknown>>)
    )
  } catch {
    // not JSON: the sender hears that it is no webhook
    return false
  }
}

/** The record that the Collector's webhookevent receiver writes of the same post: the text as it came, and when it was seen. */
export const webhookRecord = (text: string, seenAt: number, cluster?: string): Uint8Array =>
  encodeLogs({
    resourceLogs: [
      {
        resource: {
          attributes:
            cluster === undefined || cluster === ''
              ? []
              : [{ key: 'k8s.cluster.name', value: { stringValue: cluster } }],
        },
        scopeLogs: [
          {
            scope: { name: 'kubesift/intake' },
            logRecords: [
              {
                observedTimeUnixNano: String(BigInt(Math.round(seenAt)) * 1_000_000n),
                body: { stringValue: text },
              },
            ],
          },
        ],
      },
    ],
  })
