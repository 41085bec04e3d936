import { expect, test } from 'vitest'
import { z } from 'zod'
import { loadConfig, runtimeEnv } from './config.ts'

const schema = z.object({
  ...runtimeEnv,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  API_TOKEN: z.string().min(20),
})

test('every fault is named at once, and no value is printed', () => {
  const env = {
    DATABASE_URL: 'mysql://u:hunter2@h/db',
    HEALTH_PORT: 'many',
    API_TOKEN: 'short-secret',
  }
  const thrown = (() => {
    try {
      loadConfig(schema, env)
      return 'nothing'
    } catch (error) {
      return String(error)
    }
  })()
  expect(thrown).toMatch(/HEALTH_PORT: /)
  expect(thrown).toMatch(/DATABASE_URL: /)
  expect(thrown).toMatch(/API_TOKEN: /)
  expect(thrown).not.toMatch(/hunter2|short-secret|many/)
})

test('defaults are filled in, an empty setting is an unset one, and the result is frozen', () => {
  const config = loadConfig(schema, {
    DATABASE_URL: 'postgres://h/db',
    API_TOKEN: 'x'.repeat(20),
    HEALTH_PORT: '',
  })
  expect(config).toMatchObject({ HEALTH_PORT: 8080, HEALTH_HOST: '127.0.0.1', LOG_LEVEL: 'info' })
  expect(Object.isFrozen(config)).toBe(true)
})
