export { configSchema, type Config } from './config.ts'
export { notifierService } from './notifier-service.ts'
