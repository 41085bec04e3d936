import type { Producer } from '@kubesift/adapter-kafka'
import type { DeliveryQueue, EndedDelivery } from '@kubesift/adapter-postgres'
import { notifications, type Notification } from '@kubesift/contracts'

const notificationOf = ({ key, endedAt, error, ...ended }: EndedDelivery): Notification => ({
  id: key,
  group: ended.group,
  incidentId: ended.incidentId,
  kind: ended.kind,
  severity: ended.severity,
  channel: ended.channel,
  status: ended.status,
  attempts: ended.attempts,
  at: endedAt,
  ...(error === undefined ? {} : { error }),
})

/** Publishes what came of the deliveries. Answers when to look again. */
export const publishRound = async (queue: DeliveryQueue, producer: Producer): Promise<number> => {
  const published = await queue.publishEnded((ended) =>
    producer.publish(notifications, ended.map(notificationOf)),
  )
  return published > 0 ? 0 : Infinity
}
