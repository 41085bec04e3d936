import {
  createLogger,
  Health,
  loadConfig,
  main,
  nestLogger,
  runService,
  startTelemetry,
} from '@kubesift/runtime'
import { configSchema } from './config.ts'
import { IncidentStore } from './incident-store.ts'

const name = 'incident-store'

await main(name, async () => {
  const config = loadConfig(configSchema, process.env)
  const telemetry = await startTelemetry(name)
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
