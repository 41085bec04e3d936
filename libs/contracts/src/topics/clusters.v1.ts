import { z } from 'zod'
import { instant } from '../shared.ts'
import { defineTopic } from '../topic.ts'

/** What is known of a cluster as a whole. */
export const clusterSchema = z.object({
  cluster: z.string(),
  /** When this was so. */
  at: instant,
  /** The sources that records have come from, by name. */
  sources: z.array(
    z.object({
      /** `k8s_events`, `k8sobjects`, `alertmanager`, `trivy`, `policies`, `argocd`, `flux`, `pod_logs`, `hubble`, `envoy`, `unknown`; more will come. */
      source: z.string(),
      /** By Kafka's time of the records. */
      firstSeenAt: instant,
      lastSeenAt: instant,
      /** Log records read. What is read again after a crash counts again. */
      count: z.number().int(),
    }),
  ),
})
export type Cluster = z.infer<typeof clusterSchema>

export const clusters = defineTopic({
  topic: 'clusters',
  version: 1,
  type: 'dev.kubesift.clusters.v1',
  schema: clusterSchema,
  keyOf: (c) => c.cluster,
  idOf: (c) => `${c.cluster}@${c.at}`,
  policy: { partitions: 3, cleanup: 'compact' },
})
