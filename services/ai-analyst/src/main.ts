import {
  createLogger,
  loadConfig,
  main,
  runService,
  runtimeEnv,
  startTelemetry,
} from '@kubesift/runtime'
import process from 'node:process'
import { z } from 'zod'

await main('ai-analyst', async () => {
  // Before anything that makes an instrument is even loaded (the adapters do at import): earlier ones would count for nobody.
  const telemetry = await startTelemetry('ai-analyst')
  const { configSchema } = await import('./config.ts')
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), process.env)
  const { aiAnalyst } = await import('./ai-analyst.ts')
  const log = createLogger('ai-analyst', config.LOG_LEVEL)
  await runService({ ...aiAnalyst(config, log), telemetry })
})
