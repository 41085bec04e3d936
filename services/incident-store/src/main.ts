import {
  createLogger,
  Health,
  loadConfig,
  main,
  nestLogger,
  runService,
  startTelemetry,
} from '@kubesift/runtime'
import process from 'node:process'

const name = 'incident-store'

await main(name, async () => {
  // Before anything that makes an instrument is even loaded (the adapters do at import): earlier ones would count for nobody.
  const telemetry = await startTelemetry(name)
  const { configSchema } = await import('./config.ts')
  const config = loadConfig(configSchema, process.env)
  const { IncidentStore } = await import('./incident-store.ts')
  const log = createLogger(name, config.LOG_LEVEL)
  const health = new Health(config.STALL_TIMEOUT_MS)
  const store = new IncidentStore(config, {
    log,
    nestLogger: nestLogger(log),
    progress: (loop) => health.progress(loop),
  })
  await runService({
    name,
    config,
    log,
    health,
    telemetry,
    ready: () => store.reasons(),
    loops: { store: (signal) => store.run(signal) },
  })
})
