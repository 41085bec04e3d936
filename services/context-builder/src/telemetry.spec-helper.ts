import { consumeBatches, type Kafka } from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'
import { clusters, type Cluster } from '@kubesift/contracts'

export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
export const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
export const nanos = (at: number): string => String(BigInt(at) * 1_000_000n)

/** The answer to one check, as the httpcheck receiver tells it. */
export const checked = (at: number, status: number): Buffer =>
  json({
    resourceMetrics: [
      {
        resource: { attributes: [text('k8s.cluster.name', 'lab')] },
        scopeMetrics: [
          {
            scope: { name: 'x/receiver/httpcheckreceiver' },
            metrics: [
              {
                name: 'httpcheck.status',
                sum: {
                  dataPoints: ['2xx', '5xx'].map((http) => ({
                    timeUnixNano: nanos(at),
                    asInt: String(Number(http.startsWith(String(status).slice(0, 1)))),
                    attributes: [
                      text('http.url', 'http://checkout.shop.svc/healthz'),
                      text('http.status_class', http),
                    ],
                  })),
                },
              },
            ],
          },
        ],
      },
    ],
  })

/** Time goes on for the cluster: an Event of no meaning. */
export const anEventAt = (at: number): Uint8Array =>
  encodeLogs({
    resourceLogs: [
      {
        resource: {
          attributes: [
            text('k8s.cluster.name', 'lab'),
            text('k8s.object.kind', 'Pod'),
            text('k8s.object.name', 'a-pod'),
          ],
        },
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: nanos(at),
                body: { stringValue: 'm' },
                attributes: [
                  text('k8s.event.reason', 'Pulled'),
                  text('k8s.event.uid', String(at)),
                  text('k8s.namespace.name', 'other'),
                ],
              },
            ],
          },
        ],
      },
    ],
  })

/** What was told of the cluster last. */
export const followCluster = (
  kafka: Kafka,
): { newest: () => Cluster | undefined; stop: () => Promise<void> } => {
  const stop = new AbortController()
  let newest: Cluster | undefined
  const running = consumeBatches({
    kafka,
    topic: clusters,
    groupId: 'clusters-reader',
    handle: async (batch) => {
      newest = batch.records.at(-1)?.value ?? newest
      return { through: batch.lastOffset }
    },
  }).run(stop.signal)
  return {
    newest: () => newest,
    stop: async () => {
      stop.abort()
      await running
    },
  }
}
