export { checkDurable, connectRedis, ensureConnected, RedisNotDurable } from './connect.ts'
export {
  StateStore,
  type Claim,
  type NamespaceWrite,
  type Stored,
  type Timer,
  type Write,
} from './state-store.ts'
