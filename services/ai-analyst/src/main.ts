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
import { configSchema } from './config.ts'

await main('ai-analyst', async () => {
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), process.env)
  // Before anything asks for a meter: instruments made earlier would count for nobody.
  const telemetry = await startTelemetry('ai-analyst')
  const log = createLogger('ai-analyst', config.LOG_LEVEL)
  const { aiAnalyst } = await import('./ai-analyst.ts')
  await runService({ ...aiAnalyst(config, log), telemetry })
})
