import { createRequire } from 'node:module'

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue
}

/**
 * kafkajs 2.2.4 re-arms a timer after every response, at `throttledUntil - now`: a large negative number, so 1 ms, for ever
 * (tulios/kafkajs#1751). Nothing pending means nothing to check: the next `push` schedules for itself.
 */
const schedule = Reflect.get(RequestQueue.prototype, 'scheduleCheckPendingRequests') as () => void
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this)
}
