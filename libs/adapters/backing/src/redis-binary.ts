import { MissingPrerequisite } from './missing-prerequisite.ts'
import type { BackingContext } from './backing-options.ts'
import type { Env } from './places.ts'
import { runCommand } from './run-command.ts'

type AptContext = Pick<BackingContext, 'env' | 'log' | 'signal'>

/** The machine's `redis-server`; as root on Debian or Ubuntu it is installed when missing. */
export const redisServer = async ({ env, log, signal }: AptContext): Promise<string> => {
  if (await runs(env)) return 'redis-server'
  if (process.getuid?.() === 0) {
    const why = await installByApt({ env, log, signal })
    if (why === undefined && (await runs(env))) return 'redis-server'
    throw new MissingPrerequisite(
      `redis-server is missing and apt-get could not install it (${why ?? 'still not on PATH'}): ${advice}`,
    )
  }
  throw new MissingPrerequisite(`redis-server is missing: ${advice}`)
}

const advice =
  'install it (Debian: sudo apt-get install -y redis-server; macOS: brew install redis), or set REDIS_URL to a Redis of yours'

const runs = async (env: Env): Promise<boolean> =>
  (await runCommand('redis-server', ['--version'], { env })).ok

/** Answers why it could not, or `undefined`. Package lists may be missing on a fresh image, so a second try fetches them. */
const installByApt = async ({ env, log, signal }: AptContext): Promise<string | undefined> => {
  log('redis-server is missing: installing it with apt-get')
  const install = [
    '-y',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=120',
    'install',
    'redis-server',
  ]
  const quiet = { signal, env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } }
  const first = await runCommand('apt-get', install, quiet)
  if (first.ok) return undefined
  if (first.output.includes('ENOENT')) return 'there is no apt-get'
  await runCommand('apt-get', ['-q', 'update'], quiet)
  const second = await runCommand('apt-get', install, quiet)
  return second.ok ? undefined : (second.output.trim().split('\n').at(-1) ?? 'no reason given')
}
