import { connectRedis, ensureConnected, StateStore } from '@kubesift/adapter-redis'
import { DependencyUnavailable } from '@kubesift/contracts'
import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { readState } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

/** The Redis that the environment names (`REDIS_URL`), else that of what runs here. */
const urlOf = ({ env, home }: Pick<CliContext, 'env' | 'home'>): string => {
  const given = env['REDIS_URL'] ?? ''
  if (given !== '') return given
  const state = readState(home)
  if (state === undefined || !state.alive)
    throw new CliFailure(
      'nothing is running: `./kubesift up` starts everything, REDIS_URL names a Redis elsewhere',
      ExitCode.notRunning,
    )
  return state.redisUrl
}

/** The state of the assemblers; `topicPrefix` is that of the topics. Redis being away is one line and an exit code of its own. */
export const withStateStore = async <T>(
  where: Pick<CliContext, 'env' | 'home'>,
  topicPrefix: string,
  work: (store: StateStore) => Promise<T>,
): Promise<T> => {
  const redis = connectRedis(urlOf(where))
  redis.on('error', () => undefined)
  try {
    await ensureConnected(redis)
    return await work(new StateStore(redis, `kubesift:${topicPrefix}`))
  } catch (why) {
    if (!(why instanceof DependencyUnavailable)) throw why
    throw new CliFailure(`Redis does not answer: ${why.message}`, ExitCode.notRunning, {
      cause: why,
    })
  } finally {
    redis.disconnect()
  }
}
