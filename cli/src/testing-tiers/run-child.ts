import { spawn } from 'node:child_process'
import type { CliContext } from '../frame/verb.ts'

/** Runs a command of ours in the foreground. Ctrl-C reaches it by itself, from the terminal; SIGTERM is handed on. */
export const runChild = async (
  command: string,
  args: readonly string[],
  { root, env, signal }: CliContext,
  more: Readonly<Record<string, string>> = {},
): Promise<number | null> => {
  const child = spawn(command, [...args], {
    cwd: root,
    env: { ...env, ...more },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
