import type kafkajs from 'kafkajs'
import { pause } from './backoff.ts'
import type { Kafka } from './client.ts'
import { isGroupHidden, isUnsettled } from './errors.ts'

const LOOK_AGAIN_MS = 100
/** Some seconds on a busy machine; whoever needs longer than all of these is told to wait for Kafka. */
const LOOKS = 300

/**
 * Waits until the broker really serves the topics, and groups. It answers that a topic is created before it knows of it, knows of it before
 * it leads it, and makes the topic of the groups only when somebody asks for a group; consumers that come too early fail and back off.
 */
export const untilServed = async (
  kafka: Kafka,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<void> => {
  // kafkajs's own retries wait longer each time, and some of these answers end them
  const admin = kafka.client.admin({ retry: { retries: 0 } })
  try {
    await admin.connect()
    for (const topic of topics) await settled(() => admin.fetchTopicOffsets(topic), signal)
    // any group will do: all are kept by one topic
    await settled(() => askForGroup(admin, kafka.named(kafka.clientId)), signal)
  } finally {
    await admin.disconnect()
  }
}

const askForGroup = async (admin: kafkajs.Admin, groupId: string): Promise<void> => {
  try {
    await admin.fetchOffsets({ groupId, topics: [] })
  } catch (error) {
    // this is a name of our own making, which an operator need not have allowed
    if (!isGroupHidden(error)) throw error
  }
}

const settled = async (ask: () => Promise<unknown>, signal: AbortSignal): Promise<void> => {
  for (let look = 1; !signal.aborted; look++) {
    try {
      await ask()
      return
    } catch (error) {
      if (!isUnsettled(error) || look >= LOOKS) throw error
      await pause(LOOK_AGAIN_MS, signal)
    }
  }
}
