import './steady-memory.ts'
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

await main('context-builder', async () => {
  // Before anything that makes an instrument is even loaded (the adapters do at import): earlier ones would count for nobody.
  const telemetry = await startTelemetry('context-builder')
  const { configSchema } = await import('./config.ts')
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), process.env)
  const { contextBuilder } = await import('./context-builder.ts')
  const log = createLogger('context-builder', config.LOG_LEVEL)
  await runService({ ...contextBuilder(config, log), telemetry })
})
