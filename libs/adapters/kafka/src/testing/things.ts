import { defineTopic, type TopicContract } from '@kubesift/contracts'
import { z } from 'zod'

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
