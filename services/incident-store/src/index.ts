export { configSchema, type Config } from './config.ts'
export { IncidentStore, type StoreHost } from './incident-store.ts'
