import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CliFailure } from './cli-failure.ts'
import { ExitCode } from './exit-code.ts'
import type { CliContext } from './verb.ts'

/** Compiles what changed since the last time (`tsc -b`); with nothing to do it takes a fraction of a second. */
export const ensureBuilt = async ({ root, stderr, env, signal }: CliContext): Promise<void> => {
  if (env['KUBESIFT_NO_BUILD'] === '1') return
  // said only when it takes long enough to be wondered about
  const told = setTimeout(() => stderr.write('kubesift: building what changed\n'), 1_000)
  const { code, output } = await run(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-b'],
    root,
  )
  clearTimeout(told)
  if (code === 0) return
  if (signal.aborted) throw new CliFailure('stopped while building', ExitCode.interrupted)
  stderr.write(output)
  throw new CliFailure('the build failed: see the compiler errors above', ExitCode.failed)
}

const run = (command: string, args: readonly string[], cwd: string) =>
  new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn(command, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
