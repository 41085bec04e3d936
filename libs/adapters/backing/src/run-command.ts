import { spawn } from 'node:child_process'

export interface CommandResult {
  readonly ok: boolean
  readonly output: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly uid?: number
  readonly gid?: number
  /** Ends the command. */
  readonly signal?: AbortSignal | undefined
}

/** Runs a command to its end and answers; a command that cannot be run at all is `ok: false` with the reason. */
export const runCommand = (
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    const { env, signal, ...rest } = options
    const child = spawn(command, [...args], {
      ...rest,
      ...(signal === undefined ? {} : { signal }),
      ...(env === undefined ? {} : { env: { ...env } }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const collect = (chunk: Buffer): void => void (output += chunk.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', (why) => resolve({ ok: false, output: why.message }))
    child.once('close', (code) => resolve({ ok: code === 0, output }))
  })
