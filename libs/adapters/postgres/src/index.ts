export type { PlacedAnalysis } from './analysis-slots.ts'
export { ChangeFeed, type Change, type Changes, type Cursor } from './change-feed.ts'
export { Database, type DatabaseOptions, type Row, type Sql } from './database.ts'
export { DeliveryLedger } from './delivery-ledger.ts'
export type { MemberState } from './notice-members.ts'
export { DeliveryQueue, type EndedDelivery, type TakenDelivery } from './delivery-queue.ts'
export { PostgresRefused } from './errors.ts'
export {
  IncidentReader,
  pageEndOf,
  type Found,
  type IncidentFilter,
  type PageEnd,
  type StoredNote,
} from './incident-reader.ts'
export { IncidentWriter, type Applied } from './incident-writer.ts'
export { OutboxRelay, type RelayFacts, type RelayOptions } from './outbox-relay.ts'
export type { OutboxMessage, Retention } from './relay-statements.ts'
export { WakeUp } from './wake-up.ts'
export type { StreamPosition } from './write-statements.ts'
