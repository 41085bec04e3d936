export { configSchema, type Config } from './config.ts'
export { contextBuilder } from './context-builder.ts'
