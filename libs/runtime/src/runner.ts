import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common'

/** A loop that runs until told to stop. The app's edge: everything inside it is plain functions. */
export type Loop = (signal: AbortSignal) => Promise<void>

export interface RunnerOptions {
  readonly loops: Readonly<Record<string, Loop>>
  readonly shutdownTimeoutMs: number
  /** A loop rejected, or ended though nobody asked it to. The others have been told to stop. */
  readonly failed: (loop: string, error: unknown) => void
  /** The loops had not stopped in time; what they had in hand was not committed and comes again. */
  readonly abandoned: (loops: readonly string[]) => void
}

export const RUNNER_OPTIONS = Symbol('RunnerOptions')

/** Starts the loops when the application is up, and on shutdown stops them and waits until they have committed. */
@Injectable()
export class Runner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: RunnerOptions
  readonly #stop = new AbortController()
  readonly #running = new Map<string, Promise<void>>()

  constructor(@Inject(RUNNER_OPTIONS) options: RunnerOptions) {
    this.#options = options
  }

  onApplicationBootstrap(): void {
    for (const [name, loop] of Object.entries(this.#options.loops)) {
      const run = this.#run(name, loop).finally(() => this.#running.delete(name))
      this.#running.set(name, run)
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#options.shutdownTimeoutMs)
    })
    const outcome = await Promise.race([Promise.all(this.#running.values()), late])
    clearTimeout(timer)
    if (outcome === 'late') this.#options.abandoned([...this.#running.keys()])
  }

  /** Never rejects: a failure is told once, and the process is ended by whoever hears it. */
  async #run(name: string, loop: Loop): Promise<void> {
    const { signal } = this.#stop
    try {
      await loop(signal)
      if (signal.aborted) return
      throw new Error('it ended, though nobody asked it to')
    } catch (error) {
      this.#stop.abort()
      this.#options.failed(name, error)
    }
  }
}

@Module({})
export class RunnerModule {
  static for(options: RunnerOptions): DynamicModule {
    return {
      module: RunnerModule,
      providers: [{ provide: RUNNER_OPTIONS, useValue: options }, Runner],
    }
  }
}
