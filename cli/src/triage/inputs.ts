import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { usageFailure } from '../frame/cli-failure.ts'
import type { CliContext } from '../frame/verb.ts'
import type { TriageInput } from './triage.ts'

const READ_BYTES = 256 * 1024

/** The named files, or standard input where none is named or where `-` stands. All are looked at before any is read. */
export const triageInputs = async (
  files: readonly string[],
  { stdin, signal }: Pick<CliContext, 'stdin' | 'signal'>,
): Promise<TriageInput[]> => {
  const names = files.length === 0 ? ['-'] : files
  if (names.filter((name) => name === '-').length > 1)
    throw usageFailure('standard input (-) can be read only once')
  // Ctrl-C ends the reading, also of a terminal that nobody types into
  signal.addEventListener('abort', () => stdin.destroy(), { once: true })
  const inputs: TriageInput[] = []
  for (const name of names)
    inputs.push(name === '-' ? standardInput(stdin, files.length) : await fileInput(name, signal))
  return inputs
}

const standardInput = (stdin: CliContext['stdin'], named: number): TriageInput => {
  if (stdin.isTTY && named === 0)
    throw usageFailure(
      'no input: `kubectl get events -A -o json | ./kubesift triage`, or name files',
    )
  return { name: 'stdin', bytes: () => stdin }
}

const fileInput = async (name: string, signal: AbortSignal): Promise<TriageInput> => {
  try {
    const found = await stat(name)
    if (found.isDirectory()) throw usageFailure(`'${name}' is a folder: name the files in it`)
  } catch (why) {
    throw explained(name, why)
  }
  return { name, bytes: () => createReadStream(name, { highWaterMark: READ_BYTES, signal }) }
}

const explained = (name: string, why: unknown): unknown => {
  if (!(why instanceof Error) || !('code' in why)) return why
  if (why.code === 'ENOENT') return usageFailure(`there is no file '${name}'`)
  if (why.code === 'EACCES') return usageFailure(`'${name}' may not be read`)
  return why
}
