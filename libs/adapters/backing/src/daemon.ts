import { spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { identityOf, isAlive, type ProcessIdentity } from './identity.ts'
import { removeFile, writeJsonFile } from './json-file.ts'
import { tellingLine } from './log-tail.ts'
import { BackingFailed } from './missing-prerequisite.ts'
import { livingProcess } from './run-file.ts'
import { stopProcess } from './stop-process.ts'

/** What to run. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Another account to run as, where this process may change it. */
  readonly account?: { readonly uid: number; readonly gid: number }
}

/** How to run one long-lived program, to ask whether it answers, and to stop it. */
export interface DaemonSpec {
  readonly name: string
  readonly runFile: string
  readonly logFile: string
  /** Makes ready what the program needs; called before each start, never for one that is adopted. */
  readonly prepare: () => Promise<Launch>
  /** Really asks. It may throw, which means no. */
  readonly ready: () => Promise<boolean>
  readonly readyWithinMs: number
  readonly stopSignal: NodeJS.Signals
  readonly stopWithinMs: number
}

const POLL_MS = 100

/**
 * A child that outlives its parent on purpose. Its identity is in a run file, so whoever comes next (a supervisor after
 * `kill -9`) adopts it while it lives, and never mistakes a stranger with the same pid for it.
 */
export class Daemon {
  readonly spec: DaemonSpec
  #exit: string | undefined
  #logStart = 0
  #launched: ProcessIdentity | undefined

  constructor(spec: DaemonSpec) {
    this.spec = spec
  }

  /** The running process, or `undefined`. */
  get process(): ProcessIdentity | undefined {
    const mine = this.#launched
    // without its run file (somebody deleted the folder) we still know the one that we started
    return (
      livingProcess(this.spec.runFile) ?? (mine !== undefined && isAlive(mine) ? mine : undefined)
    )
  }

  /** Why it ended, as far as that is known. */
  get lastWords(): string {
    const line = tellingLine(this.spec.logFile, this.#logStart)
    return [this.#exit, line].filter((part) => part !== undefined).join(': ') || 'no reason known'
  }

  /** Adopts the living process or starts one, and returns when it answers. */
  async start(signal?: AbortSignal, onLaunch?: () => void): Promise<{ readonly adopted: boolean }> {
    const living = this.process
    const running = living ?? (await this.#launch(signal))
    onLaunch?.()
    await this.#untilReady(running, signal)
    return { adopted: living !== undefined }
  }

  async #launch(signal: AbortSignal | undefined): Promise<ProcessIdentity> {
    const launch = await this.spec.prepare()
    signal?.throwIfAborted()
    mkdirSync(dirname(this.spec.logFile), { recursive: true })
    mkdirSync(dirname(this.spec.runFile), { recursive: true })
    const pid = await this.#spawn(launch)
    // a process that is gone already keeps its pid in the file with a start time that nothing has
    const identity = identityOf(pid) ?? { pid, startedAt: 'gone' }
    this.#launched = identity
    writeJsonFile(this.spec.runFile, { ...identity, stopSignal: this.spec.stopSignal })
    return identity
  }

  /** Whether it runs and answers. */
  async isReady(): Promise<boolean> {
    if (this.process === undefined) return false
    try {
      return await this.spec.ready()
    } catch {
      // "does not answer" is the answer; the reason is in its log
      return false
    }
  }

  /** Stops it, by force if it must; safe to call twice. */
  async stop(): Promise<'gone' | 'stopped' | 'killed'> {
    const running = this.process
    const how =
      running === undefined
        ? 'gone'
        : await stopProcess(running, this.spec.stopSignal, this.spec.stopWithinMs)
    removeFile(this.spec.runFile)
    return how
  }

  async #spawn(launch: Launch): Promise<number> {
    const log = openSync(this.spec.logFile, 'a', 0o600)
    try {
      this.#logStart = fstatSync(log).size
      this.#exit = undefined
      const child = spawn(launch.command, [...launch.args], {
        cwd: launch.cwd,
        env: { ...launch.env },
        detached: true,
        stdio: ['ignore', log, log],
        ...launch.account,
      })
      child.once('exit', (code, signal) => {
        this.#exit = signal === null ? `exit code ${code}` : `ended by ${signal}`
      })
      const pid = await new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('spawn', () => resolve(child.pid ?? 0))
      })
      child.unref()
      return pid
    } catch (why) {
      throw new BackingFailed(`cannot run ${launch.command}: ${String(why)}`, {}, { cause: why })
    } finally {
      closeSync(log)
    }
  }

  async #untilReady(running: ProcessIdentity, signal: AbortSignal | undefined): Promise<void> {
    const { name, logFile, readyWithinMs } = this.spec
    const deadline = performance.now() + readyWithinMs
    while (!(await this.isReady())) {
      signal?.throwIfAborted()
      if (!isAlive(running))
        throw new BackingFailed(
          `${name} ended at its start (${this.lastWords}); its log: ${logFile}`,
        )
      if (performance.now() > deadline) {
        throw new BackingFailed(
          `${name} did not answer within ${readyWithinMs / 1000} s; its log: ${logFile}`,
        )
      }
      await pause(POLL_MS)
    }
  }
}
