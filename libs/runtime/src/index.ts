export { BadConfiguration, loadConfig, runtimeEnv, type RuntimeEnv } from './config.ts'
export { Health, type Liveness, type Readiness, type ReadyCheck } from './health.ts'
export { HealthPortTaken, HealthServer } from './health-server.ts'
export { createLogger, nestLogger, type Logger } from './logger.ts'
export { Progress } from './progress.ts'
export {
  main,
  runService,
  startService,
  type RunningService,
  type ServiceOptions,
} from './run-service.ts'
export { Runner, RunnerModule, type Loop, type RunnerOptions } from './runner.ts'
export { stateLog, type StateLog } from './state-log.ts'
export { startTelemetry, type Telemetry } from './telemetry.ts'
