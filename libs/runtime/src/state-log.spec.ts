import { expect, test } from 'vitest'
import { stateLog } from './state-log.ts'

test('a dependency is said to be down once, and back once', () => {
  const lines: string[] = []
  let now = 0
  const keep = (_: unknown, line?: unknown): void => void lines.push(String(line))
  const redis = stateLog({ info: keep, warn: keep }, 'redis', () => now)
  redis.up()
  redis.down('ECONNREFUSED')
  redis.down('ECONNREFUSED')
  now = 3_000
  redis.up()
  redis.up()
  expect(lines).toEqual(['redis is down, waiting: ECONNREFUSED', 'redis is back after 3 s'])
})
