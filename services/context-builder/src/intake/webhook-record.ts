import { encodeLogs } from '@kubesift/adapter-otlp'

/** What the sender says of all that it posts, beside the body. */
export interface Labels {
  readonly cluster?: string
  /** ISO 4217. */
  readonly currency?: string
}

const attribute = (key: string, value: string | undefined): readonly object[] =>
  value === undefined || value === '' ? [] : [{ key, value: { stringValue: value } }]

/** The record that the Collector's webhookevent receiver writes of the same post: the text as it came, and when it was seen. */
export const webhookRecord = (
  text: string,
  seenAt: number,
  { cluster, currency }: Labels = {},
): Uint8Array =>
  encodeLogs({
    resourceLogs: [
      {
        resource: {
          attributes: [
            ...attribute('k8s.cluster.name', cluster),
            ...attribute('kubesift.currency', currency),
          ],
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
