import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { createWriteStream, existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestBacking } from '@kubesift/testing'

/** Where the shared services are, and under which prefix this pipeline keeps to itself. */
export type PipelineBacking = Pick<
  TestBacking,
  'kafkaBrokers' | 'databaseUrl' | 'redisUrl' | 'topicPrefix'
>

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The stages as they run in production: one process each. */
export const STAGES = {
  normalise: { service: 'context-builder', env: { CONTEXT_BUILDER_ROLE: 'normalise' } },
  assemble: { service: 'context-builder', env: { CONTEXT_BUILDER_ROLE: 'assemble' } },
  'incident-store': { service: 'incident-store', env: {} },
  'ai-analyst': { service: 'ai-analyst', env: {} },
  notifier: { service: 'notifier', env: {} },
} as const
export type StageName = keyof typeof STAGES
const ALL_STAGES = Object.keys(STAGES) as readonly StageName[]

/**
 * How Node is started for a service, here as in the image and by `kubesift up` (`node-arguments.spec.ts`). A young generation of the default
 * 16 MB is full many times in one batch of a backlog, and each time what is still in hand of the batch is copied: with 64 MB most of it has
 * died by then. It grows only where that much survives, so a quiet service stays small.
 */
export const NODE_ARGUMENTS = ['--enable-source-maps', '--max-semi-space-size=64'] as const

/** Below the range from which the kernel takes ports for outgoing connections (Linux: 32768): one that was free stays free. */
const PORTS = { from: 20_000, to: 32_000 } as const

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const freePort = async (): Promise<number> => {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from))
    if (await isFree(port)) return port
  }
}

/** One stage's process: it can be killed, suspended and started again, like in the wild. */
export class StageProcess {
  readonly name: string
  readonly stage: StageName
  readonly logFile: string
  readonly healthPort: number
  readonly #env: Readonly<Record<string, string>>
  #child: ChildProcess | undefined

  constructor(
    name: string,
    stage: StageName,
    healthPort: number,
    env: Readonly<Record<string, string>>,
    logDir: string,
  ) {
    this.name = name
    this.stage = stage
    this.healthPort = healthPort
    this.#env = env
    this.logFile = join(logDir, `${name}.log`)
  }

  start(): void {
    const { service, env } = STAGES[this.stage]
    const main = join(ROOT, 'services', service, 'dist/main.js')
    if (!existsSync(main)) throw new Error(`${main} is missing: build first (./kubesift test does)`)
    const log = createWriteStream(this.logFile, { flags: 'a' })
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, main], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'] ?? '',
        ...this.#env,
        ...env,
        HEALTH_PORT: String(this.healthPort),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    this.#child = child
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  /** Ends it with this signal and waits until it is gone; answers its exit code. */
  async end(name: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null
    const gone = new Promise<number | null>((resolve) =>
      child.once('exit', (code) => resolve(code)),
    )
    child.kill(name)
    return gone
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get running(): boolean {
    return (
      this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
    )
  }
}

export interface Pipeline {
  readonly stages: Readonly<Record<StageName, StageProcess>>
  readonly grpcUrl: string
  readonly logDir: string
  /** A further process of a stage, not started yet. */
  add(name: string, stage: StageName): Promise<StageProcess>
  stop(): Promise<void>
}

/** The pipeline, or some stages of it, as separate processes on one test's corner of the shared services. */
export const startPipeline = async (
  backing: PipelineBacking,
  extra: Readonly<Record<string, string>> = {},
  names: readonly StageName[] = ALL_STAGES,
): Promise<Pipeline> => {
  const logDir = mkdtempSync(join(tmpdir(), 'kubesift-e2e-'))
  const grpcUrl = `127.0.0.1:${await freePort()}`
  const env = {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    DATABASE_URL: backing.databaseUrl,
    REDIS_URL: backing.redisUrl,
    GRPC_URL: grpcUrl,
    PROGRESS_MS: '300',
    PROGRESS_IDLE_MS: '600',
    REFRESH_MS: '500',
    // A slow machine must not take a pause between two tests for a blind cluster.
    BLIND_AFTER_MS: '3600000',
    ...extra,
  }
  const all: StageProcess[] = []
  const add = async (name: string, stage: StageName): Promise<StageProcess> => {
    // A further store listens beside the first.
    const own = name === stage ? env : { ...env, GRPC_URL: `127.0.0.1:${await freePort()}` }
    const process = new StageProcess(name, stage, await freePort(), own, logDir)
    all.push(process)
    return process
  }
  const stages = {} as Record<StageName, StageProcess>
  for (const name of names) {
    stages[name] = await add(name, name)
    stages[name].start()
  }
  return {
    stages,
    grpcUrl,
    logDir,
    add,
    stop: async () => {
      for (const process of all) process.signal('SIGCONT')
      await Promise.all(all.map((process) => process.end('SIGTERM')))
    },
  }
}

/** Until a stage says that it is ready. */
export const untilReady = async (process: StageProcess, withinMs = 60_000): Promise<void> => {
  const end = performance.now() + withinMs
  let why = 'no answer'
  while (performance.now() < end) {
    if (!process.running)
      throw new Error(`${process.name} ended while starting; see ${process.logFile}`)
    try {
      const answer = await fetch(`http://127.0.0.1:${process.healthPort}/readyz`, {
        signal: AbortSignal.timeout(2_000),
      })
      if (answer.ok) return
      why = await answer.text()
    } catch (error) {
      why = String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(
    `${process.name} was not ready within ${withinMs} ms: ${why}; see ${process.logFile}`,
  )
}
