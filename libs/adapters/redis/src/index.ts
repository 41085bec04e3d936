export { checkDurable, connectRedis, ensureConnected, RedisNotDurable } from './connect.ts'
export { StateStore, type Claim, type NamespaceWrite, type Write } from './state-store.ts'
