import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { NODE_ARGUMENTS } from '@kubesift/e2e'
import type { ConsumerKind, ConsumerOrder, ConsumerTurn } from './consumer-child.ts'

const CHILD = fileURLToPath(new URL('./consumer-child.ts', import.meta.url))
const PATIENCE_MS = 120_000

/** A consumer in a process of its own, that waits until it is its turn. */
export class ConsumerProcess {
  readonly #child: ChildProcess

  constructor(order: ConsumerOrder) {
    this.#child = fork(CHILD, [JSON.stringify(order)], {
      // As the service has it: what Node is given is given to all.
      execArgv: [...NODE_ARGUMENTS, '--conditions=source', '--disable-warning=ExperimentalWarning'],
    })
  }

  /** Reads the topic, again and again until it has used this much CPU; answers records per CPU-second. */
  async turn(cpuMs: number): Promise<number> {
    const { records, usedMs } = await this.#ask<ConsumerTurn>({ cpuMs })
    return (records / usedMs) * 1000
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    await gone
  }

  #ask<T>(message: { readonly cpuMs: number }): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`a consumer did not finish its turn within ${PATIENCE_MS} ms`)),
        PATIENCE_MS,
      )
      const ended = (code: number | null): void => {
        clearTimeout(timer)
        reject(new Error(`a consumer ended with exit code ${code} in its turn; see above`))
      }
      this.#child.once('exit', ended)
      this.#child.once('message', (answer) => {
        clearTimeout(timer)
        this.#child.off('exit', ended)
        resolve(answer as T)
      })
      this.#child.send(message)
    })
  }
}

export type { ConsumerKind, ConsumerOrder }
