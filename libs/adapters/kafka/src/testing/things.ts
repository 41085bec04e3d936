import { defineTopic, type TopicContract } from '@kubesift/contracts'
import { z } from 'zod'
import type { Handle } from '../consume-options.ts'

const thing = z.object({ id: z.string(), n: z.number().int() })
export type Thing = z.infer<typeof thing>

export const thingsTopic = (partitions = 1, maxMessageBytes?: number): TopicContract<Thing> =>
  defineTopic({
    topic: 'things',
    version: 1,
    type: 'dev.kubesift.things.v1',
    schema: thing,
    keyOf: ({ id }) => id,
    idOf: ({ id, n }) => `${id}/${n}`,
    policy: {
      partitions,
      cleanup: 'delete',
      retentionMs: 86_400_000,
      ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
    },
  })

/** `n` things, numbered on from `from`, each with its own key. */
export const numbers = (n: number, from = 0): Thing[] =>
  Array.from({ length: n }, (_, i) => ({ id: `id-${i + from}`, n: i + from }))

/** A handler that keeps what it is handed. */
export const collect =
  (into: Thing[]): Handle<Thing> =>
  async (batch) => {
    into.push(...batch.records.map(({ value }) => value))
    return { through: batch.lastOffset }
  }
