import { runCommand } from '@kubesift/adapter-backing'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { missingFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext } from '../frame/verb.ts'

/** `up --docker`: the container way, for those who have an engine. Its own Ctrl-C and output are compose's. */
export const composeUp = async (
  { detach }: { readonly detach?: boolean },
  context: CliContext,
): Promise<ExitCode> => {
  await checkEngine(context)
  const args = [
    'compose',
    '-f',
    join(context.root, 'docker-compose.yml'),
    'up',
    ...(detach === true ? ['--wait'] : []),
  ]
  const child = spawn('docker', args, { cwd: context.root, stdio: 'inherit' })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return code === 0 ? ExitCode.ok : context.signal.aborted ? ExitCode.interrupted : ExitCode.failed
}

const checkEngine = async ({ root, env }: CliContext): Promise<void> => {
  if (!existsSync(join(root, 'docker-compose.yml')))
    throw missingFailure('docker-compose.yml is missing from this checkout')
  const compose = await runCommand('docker', ['compose', 'version'], { env })
  if (!compose.ok) {
    throw missingFailure(
      '`docker compose` does not run here: install Docker with Compose v2, or use `./kubesift up` without --docker',
    )
  }
  const engine = await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { env })
  if (!engine.ok) {
    throw missingFailure(
      'no container engine answers: start Docker, or use `./kubesift up` without --docker',
    )
  }
}
