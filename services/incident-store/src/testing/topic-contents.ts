import { consumeBatches, type Kafka, type Received } from '@kubesift/adapter-kafka'

let readers = 0

/** The first `count` records of a topic with one writer, in the order of their time stamps. Values that are no JSON stay undefined. */
export const everythingOn = async <T = unknown>(
  kafka: Kafka,
  topic: string,
  count: number,
): Promise<
  readonly { readonly value: T; readonly headers: Readonly<Record<string, string>> }[]
> => {
  const found: Received<Buffer>[] = []
  const enough = new AbortController()
  const consumer = consumeBatches({
    kafka,
    topic,
    groupId: `reader-${readers++}`,
    handle: async ({ records, lastOffset }) => {
      found.push(...records)
      if (found.length >= count) enough.abort()
      return { through: lastOffset }
    },
  })
  await consumer.run(enough.signal)
  return found
    .toSorted((a, b) => a.timestamp - b.timestamp || a.offset - b.offset)
    .map(({ value, headers }) => ({ value: valueOf<T>(value), headers }))
}

const valueOf = <T>(value: Buffer): T => {
  try {
    return JSON.parse(value.toString()) as T
  } catch {
    return undefined as T // a dead letter carries whatever its source was
  }
}
