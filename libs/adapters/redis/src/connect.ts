import { DependencyUnavailable, Failure } from '@kubesift/contracts'
import { Redis } from 'ioredis'

/** Redis is reachable but set up so that it would lose state. */
export class RedisNotDurable extends Failure {
  readonly code = 'REDIS_NOT_DURABLE'
  readonly next = 'crash'
}

/** A connection that fails a command at once while Redis is away (the caller waits and says so), and comes back by itself. */
export const connectRedis = (url: string): Redis =>
  new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 5), 2_000),
  })

/** Connects if that has not happened yet; throws {@link DependencyUnavailable} while it cannot. */
export const ensureConnected = async (redis: Redis): Promise<void> => {
  if (redis.status === 'ready') return
  try {
    if (redis.status === 'wait' || redis.status === 'end') await redis.connect()
    await redis.ping()
  } catch (error) {
    throw unavailable(error)
  }
}

const TEMPORARY = /^(LOADING|READONLY|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF)\b/

const bugs = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'])

/** What a failed command means: Redis is away or refuses for now (retry), or the command or our code is wrong (crash, as it came). */
export const unavailable = (error: unknown): unknown => {
  if (error instanceof Failure || (error instanceof Error && bugs.has(error.name))) return error
  const text = error instanceof Error ? error.message : String(error)
  const isReply = error instanceof Error && error.name === 'ReplyError'
  if (isReply && !TEMPORARY.test(text)) return error
  return new DependencyUnavailable(`Redis cannot be used now: ${text}`, {}, { cause: error })
}

/**
 * The state is the only copy of what was counted since the last context: Redis must neither forget it at a crash (append-only file)
 * nor drop it for space (`noeviction`). A managed Redis may hide CONFIG: then the answer is `unknown`, and the operator's word is taken.
 */
export const checkDurable = async (redis: Redis): Promise<'durable' | 'unknown'> => {
  let settings: Record<string, string>
  try {
    settings = await readSettings(redis)
  } catch (error) {
    if (error instanceof Error && /unknown command|NOPERM|not allowed/i.test(error.message))
      return 'unknown'
    throw unavailable(error)
  }
  const faults = [
    settings['appendonly'] === 'yes'
      ? undefined
      : `appendonly is ${settings['appendonly'] ?? 'unset'}, must be yes`,
    settings['maxmemory-policy'] === 'noeviction'
      ? undefined
      : `maxmemory-policy is ${settings['maxmemory-policy'] ?? 'unset'}, must be noeviction`,
  ].filter((f) => f !== undefined)
  if (faults.length === 0) return 'durable'
  throw new RedisNotDurable(
    `Redis would lose state: ${faults.join('; ')}. Change its configuration, or set REDIS_ALLOW_VOLATILE=true to go on at your own risk.`,
  )
}

const readSettings = async (redis: Redis): Promise<Record<string, string>> => {
  const out: Record<string, string> = {}
  for (const name of ['appendonly', 'maxmemory-policy']) {
    const reply = (await redis.config('GET', name)) as string[]
    if (reply[1] !== undefined) out[name] = reply[1]
  }
  return out
}
