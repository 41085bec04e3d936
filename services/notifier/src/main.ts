import { createLogger, loadConfig, main, runService, startTelemetry } from '@kubesift/runtime'
import process from 'node:process'

await main('notifier', async () => {
  // Before anything that makes an instrument is even loaded (the adapters do at import): earlier ones would count for nobody.
  const telemetry = await startTelemetry('notifier')
  const { configSchema } = await import('./config.ts')
  const config = loadConfig(configSchema, process.env)
  const { notifierService } = await import('./notifier-service.ts')
  const log = createLogger('notifier', config.LOG_LEVEL)
  await runService({ ...notifierService(config, log), telemetry })
})
