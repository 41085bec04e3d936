import 'reflect-metadata'
import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { RuntimeEnv } from './config.ts'
import type { Health, ReadyCheck } from './health.ts'
import { HealthServer } from './health-server.ts'
import { type Logger, nestLogger } from './logger.ts'
import { type Loop, RunnerModule } from './runner.ts'
import type { Telemetry } from './telemetry.ts'

export interface ServiceOptions {
  readonly name: string
  readonly config: RuntimeEnv
  readonly log: Logger
  readonly health: Health
  /** Each runs until the signal. One that rejects, or ends by itself, ends the process with exit code 1. */
  readonly loops: Readonly<Record<string, Loop>>
  readonly ready?: ReadyCheck
  readonly telemetry?: Telemetry
  /** Nest modules of the service's own. */
  readonly modules?: readonly (Type | DynamicModule)[]
  /**
   * How the application is made; default: an application context without a transport. A service with a Nest transport makes
   * its own here (`NestFactory.createMicroservice`, or `create` and `connectMicroservice`) and starts listening.
   */
  readonly create?: (
    root: DynamicModule,
    logger: ReturnType<typeof nestLogger>,
  ) => Promise<INestApplicationContext>
}

/** A running service, for tests and for whoever wants to stop it from inside. */
export interface RunningService {
  readonly healthPort: number
  /** Stops as SIGTERM does, and answers the exit code. */
  stop(): Promise<number>
  /** Settles with the exit code when the service has ended, for whatever reason. */
  readonly ended: Promise<number>
}

@Module({})
class ServiceModule {}

/** One line, whatever was thrown; the stack goes into its own field. */
const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll(/\s*\n\s*/g, '; ')
}

/**
 * Starts a service: Nest application, loops, health endpoints. It answers once started and does not end the process itself.
 */
export const startService = async (options: ServiceOptions): Promise<RunningService> => {
  const { name, config, log, health, loops } = options
  let end: (code: number) => void = () => undefined
  const wanted = new Promise<number>((resolve) => {
    end = resolve
  })
  let code = 0
  const fail = (text: string, error?: unknown): void => {
    code = 1
    log.fatal(error === undefined ? {} : { err: error }, text)
    end(1)
  }
  if (options.ready !== undefined) health.check(options.ready)
  const server = new HealthServer(health)
  const healthPort = await server.listen(config.HEALTH_HOST, config.HEALTH_PORT)
  const root: DynamicModule = {
    module: ServiceModule,
    imports: [
      ...(options.modules ?? []),
      RunnerModule.for({
        loops,
        shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS,
        failed: (loop, error) => fail(`${name}: ${loop} failed: ${messageOf(error)}`, error),
        abandoned: (late) =>
          fail(`${name}: ${late.join(', ')} did not stop in ${config.SHUTDOWN_TIMEOUT_MS} ms`),
      }),
    ],
  }
  const app = await createApp(options, root).catch(async (error: unknown) => {
    await server.close()
    throw error
  })
  health.started()
  log.info({ healthPort }, `${name} is up; health on ${config.HEALTH_HOST}:${healthPort}`)
  const ended = wanted.then(async () => {
    health.stopping()
    log.info(`${name} is stopping`)
    await app.close()
    await flush(options)
    await server.close()
    return code
  })
  return {
    healthPort,
    ended,
    stop: () => {
      end(0)
      return ended
    },
  }
}

/** A collector that does not answer may not hold up the stop. */
const flushTimeoutMs = 5_000

const flush = async ({ telemetry, log }: ServiceOptions): Promise<void> => {
  if (telemetry === undefined) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), flushTimeoutMs)
  })
  try {
    await Promise.race([telemetry.shutdown(), late])
  } catch (error) {
    log.warn({ err: error }, 'the last telemetry could not be sent')
  } finally {
    clearTimeout(timer)
  }
}

const createApp = async (
  options: ServiceOptions,
  root: DynamicModule,
): Promise<INestApplicationContext> => {
  const logger = nestLogger(options.log)
  if (options.create !== undefined) return options.create(root, logger)
  return NestFactory.createApplicationContext(root, { logger, abortOnError: false })
}

const signals = ['SIGTERM', 'SIGINT'] as const

/**
 * The whole life of a service process: starts it, stops it gracefully at SIGTERM or SIGINT (a second one ends it at once), and
 * exits with 0 after a stop, 1 after a failure.
 */
export const runService = async (options: ServiceOptions): Promise<void> => {
  const service = await startService(options)
  let stopping = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      void service.stop()
    })
  }
  process.exit(await service.ended)
}

/** Runs a service's `main`: whatever stops it from starting is one line on stderr and exit code 1. */
export const main = async (name: string, start: () => Promise<void>): Promise<void> => {
  try {
    await start()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${name}: ${text}\n`)
    process.exit(1)
  }
}
