import type { Producer } from '@kubesift/adapter-kafka'
import type { OutboxMessage } from '@kubesift/adapter-postgres'
import {
  incidentEvents,
  incidents,
  type Incident,
  type IncidentEvent,
  type TopicContract,
} from '@kubesift/contracts'
import { inSpan } from './spans.ts'

const send = async <T extends object>(
  producer: Producer,
  contract: TopicContract<T>,
  messages: readonly OutboxMessage[],
  timeOf: (message: T) => number,
): Promise<void> => {
  // The outbox holds what this service wrote, in the contract's own shape.
  const own = messages.filter(({ topic }) => topic === contract.topic)
  if (own.length === 0) return
  const traces = new Map(own.map(({ payload, traceparent }) => [payload as T, traceparent]))
  const documents = own.map(({ payload }) => payload as T)
  await producer.publish(contract, documents, { traceparent: (m) => traces.get(m), timeOf })
}

/** Event time of the newest thing that the document tells. */
const toldAt = ({ lastSeenAt, resolution }: Incident): number =>
  Math.max(lastSeenAt, resolution?.at ?? lastSeenAt)

/** The relay's hand in Kafka: state first, then the story, each in the order of the outbox. */
export const publishOutbox =
  (producer: Producer) =>
  (messages: readonly OutboxMessage[]): Promise<void> =>
    inSpan('relay', { 'kubesift.records': messages.length }, async () => {
      await send<Incident>(producer, incidents, messages, toldAt)
      await send<IncidentEvent>(producer, incidentEvents, messages, ({ at }) => at)
    })
