import type { TakenDelivery } from '@kubesift/adapter-postgres'
import type { Log } from '@kubesift/adapter-kafka'
import type { NoticeKind } from '@kubesift/contracts'
import type { AfterAttempt } from '@kubesift/core-notice'
import { metrics } from '@opentelemetry/api'

const meter = metrics.getMeter('kubesift.notifier')
const recorded = meter.createCounter('kubesift.notifier.notices', {
  unit: '{notice}',
  description: 'Notices recorded for delivery.',
})
const blinked = meter.createCounter('kubesift.notifier.blinks', {
  unit: '{group}',
  description: 'Differences that were gone when their settle time was over.',
})
const attempts = meter.createCounter('kubesift.notifier.attempts', {
  unit: '{attempt}',
  description: 'Attempts to deliver, by channel and what came of them.',
})

/** Everything that the notifier reports of its work. Labels are kinds, channels and outcomes: closed sets. */
export class NotifierFacts {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  recorded(kind: NoticeKind): void {
    recorded.add(1, { kind })
  }

  blinked(): void {
    blinked.add(1)
  }

  /** The first failure of a delivery is said, and its end; the attempts between are counted. */
  attempted(channel: string, { key, attempts: n }: TakenDelivery, after: AfterAttempt): void {
    attempts.add(1, { channel, status: after.status })
    if (after.status === 'waiting') {
      const { error: why, inMs } = after
      if (n === 1)
        this.#log.warn(
          { key, channel, why, inMs },
          `${channel}: not delivered: ${why}; trying again`,
        )
    } else if (after.status !== 'delivered') {
      const { error: why, status } = after
      this.#log.error(
        { key, channel, why, status, attempts: n },
        `${channel}: undelivered for good: ${why}`,
      )
    } else if (n > 1) this.#log.info({ key, channel, attempts: n }, `${channel}: delivered at last`)
  }
}
