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

await main('context-builder', async () => {
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), process.env)
  const telemetry = await startTelemetry('context-builder')
  const log = createLogger('context-builder', config.LOG_LEVEL)
  const { contextBuilder } = await import('./context-builder.ts')
  await runService({ ...contextBuilder(config, log), telemetry })
})
