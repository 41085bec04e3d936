import { z } from 'zod'
import { namespaceKey } from '../incident-key.ts'
import { instant } from '../shared.ts'
import { defineTopic } from '../topic.ts'

/**
 * The ledger of a namespace: records that came after what they tell of was retired. They are in no count, since what they say may be in it
 * already.
 */
export const tooLateSchema = z.object({
  cluster: z.string(),
  namespace: z.string(),
  /** Of the object that a record was about; beyond some twenty kinds `(others)`. */
  kinds: z.record(
    z.string(),
    z.object({
      /** So many records since the namespace is known. */
      records: z.int(),
      /** The occurrences that they told of, those told before among them. */
      occurrences: z.int(),
      /** The newest occurrence that was told of. */
      newestAt: instant,
    }),
  ),
})
export type TooLateLedger = z.infer<typeof tooLateSchema>

export const tooLate = defineTopic({
  topic: 'too-late',
  version: 1,
  type: 'dev.kubesift.too-late.v1',
  schema: tooLateSchema,
  keyOf: ({ cluster, namespace }) => namespaceKey(cluster, namespace),
  idOf: ({ cluster, namespace, kinds }) =>
    `${namespaceKey(cluster, namespace)}@${Object.values(kinds).reduce((n, { records }) => n + records, 0)}`,
  policy: { partitions: 3, cleanup: 'compact' },
})
