export { aiAnalyst } from './ai-analyst.ts'
export { configSchema, type Config } from './config.ts'
