import type { DeliveryQueue, TakenDelivery, WakeUp } from '@kubesift/adapter-postgres'
import { afterAttempt, type Channel, type RetryPolicy } from '@kubesift/core-notice'
import type { NotifierFacts } from './facts.ts'
import { notifySpan } from './notify-span.ts'

export interface SendOptions {
  readonly queue: DeliveryQueue
  readonly channel: Channel
  readonly retry: RetryPolicy
  /** Deliveries on their way at the same time. */
  readonly concurrency: number
  /** Longer than an attempt can last: after it, another process may try. */
  readonly leaseMs: number
  readonly facts: NotifierFacts
  /** Woken when something has ended and is to be published. */
  readonly publisher: WakeUp
  /** In [0, 1). */
  readonly random: () => number
}

const sendOne = async (
  options: SendOptions,
  delivery: TakenDelivery,
  signal: AbortSignal,
): Promise<void> => {
  const { queue, channel, retry, facts, random } = options
  if (signal.aborted) {
    await queue.giveBack(delivery)
    return
  }
  const attempt = await notifySpan(delivery, (traceparent) =>
    channel.send({ ...delivery, traceparent }, signal),
  )
  if (signal.aborted && attempt.outcome === 'again') {
    // Cut off by our own shutdown: what came of it is not known, so it is made again, with the same key.
    await queue.giveBack(delivery)
    return
  }
  const after = afterAttempt(attempt, delivery.attempts, retry, random())
  await queue.settle(delivery, after)
  facts.attempted(channel.name, delivery, after)
}

/** Takes what is due for one channel and sends it. Answers when to look again. */
export const sendRound = async (options: SendOptions, signal: AbortSignal): Promise<number> => {
  const { queue, channel, concurrency, leaseMs, publisher } = options
  const taken = await queue.take(channel.name, concurrency, leaseMs)
  // All are waited for, so that a failure of one does not leave others running behind the loop's back.
  const results = await Promise.allSettled(taken.map((one) => sendOne(options, one, signal)))
  if (taken.length > 0) publisher.call()
  const failed = results.find((r) => r.status === 'rejected')
  if (failed) throw failed.reason as unknown
  return taken.length > 0 ? 0 : ((await queue.nextDueMs(channel.name)) ?? Infinity)
}
