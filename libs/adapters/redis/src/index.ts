export { checkDurable, connectRedis, ensureConnected, RedisNotDurable } from './connect.ts'
export type { Begin, Claim, Measured, Rebuild, Timer } from './claim.ts'
export {
  StateStore,
  type NamespaceWrite,
  type Standing,
  type Stored,
  type Write,
} from './state-store.ts'
