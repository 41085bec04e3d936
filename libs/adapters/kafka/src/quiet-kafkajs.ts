import './fast-checksum.ts'
import { createRequire } from 'node:module'

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

interface Connection {
  chunks: readonly Buffer[]
  processData(data: Buffer): void
}

const require = createRequire(import.meta.url)
const RequestQueue = require('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue
}
const Connection = require('kafkajs/src/network/connection') as { readonly prototype: Connection }

/**
 * kafkajs 2.2.4 re-arms a timer after every response, at `throttledUntil - now`: a large negative number, so 1 ms, for ever
 * (tulios/kafkajs#1751). Nothing pending means nothing to check: the next `push` schedules for itself.
 */
const schedule = Reflect.get(RequestQueue.prototype, 'scheduleCheckPendingRequests') as () => void
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this)
}

/** What was left of the answer before is nothing, nearly always: kept, it would have the next one copied behind it. */
const processData = Reflect.get(Connection.prototype, 'processData') as (data: Buffer) => void
Connection.prototype.processData = function (this: Connection, data: Buffer): void {
  if (this.chunks.length === 1 && this.chunks[0]?.length === 0) this.chunks = []
  processData.call(this, data)
}
