import { createLogger, loadConfig, main, runService, startTelemetry } from '@kubesift/runtime'
import process from 'node:process'
import { configSchema } from './config.ts'

await main('notifier', async () => {
  const config = loadConfig(configSchema, process.env)
  // Before anything asks for a meter: instruments made earlier would count for nobody.
  const telemetry = await startTelemetry('notifier')
  const log = createLogger('notifier', config.LOG_LEVEL)
  const { notifierService } = await import('./notifier-service.ts')
  await runService({ ...notifierService(config, log), telemetry })
})
