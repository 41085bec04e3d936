import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { loadConfig, runtimeEnv } from './config.ts'
import { z } from 'zod'
import { Health } from './health.ts'
import { HealthPortTaken } from './health-server.ts'
import { createLogger } from './logger.ts'
import { startService, type ServiceOptions } from './run-service.ts'
import type { Loop } from './runner.ts'

const untilAborted: Loop = (signal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

const aService = async (over: Partial<ServiceOptions> & { env?: Record<string, string> } = {}) => {
  const lines: string[] = []
  const { env, ...rest } = over
  const config = loadConfig(z.object(runtimeEnv), { HEALTH_PORT: '0', ...env })
  const health = new Health(config.STALL_TIMEOUT_MS)
  const log = createLogger('svc', 'info', { write: (line) => void lines.push(line) })
  const service = await startService({
    name: 'svc',
    config,
    log,
    health,
    loops: { loop: untilAborted },
    ...rest,
  })
  const get = async (path: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`http://127.0.0.1:${service.healthPort}${path}`)
    return { status: response.status, body: await response.json() }
  }
  return { service, health, lines, get }
}

test('ready when its checks are, alive all along', async () => {
  let reasons: readonly string[] = ['postgres does not answer']
  const { service, get } = await aService({ ready: () => reasons })
  expect(await get('/readyz')).toEqual({
    status: 503,
    body: { status: 'not ready', reasons: ['postgres does not answer'] },
  })
  expect((await get('/healthz')).status).toBe(200)
  reasons = []
  expect(await get('/readyz')).toEqual({ status: 200, body: { status: 'ready', reasons: [] } })
  expect((await get('/else')).status).toBe(404)
  expect(await service.stop()).toBe(0)
})

test('what it is at stands on its liveness as long as there is something to tell', async () => {
  const { service, health, get } = await aService()
  let left = 2
  health.report('work', () => (left > 0 ? [{ left }] : undefined))
  expect((await get('/healthz')).body).toEqual({ status: 'ok', stalled: [], work: [{ left: 2 }] })
  left = 0
  expect((await get('/healthz')).body).toEqual({ status: 'ok', stalled: [] })
  expect(await service.stop()).toBe(0)
})

test('a loop that waits for a dependency is alive but not ready, one that hangs is not alive', async () => {
  const health = new Health(0)
  const { service, get } = await aService({ health })
  const loop = health.progress('consume')
  expect((await get('/healthz')).status).toBe(200)
  loop.begin()
  await new Promise((resolve) => setImmediate(resolve))
  const hanging = await get('/healthz')
  expect(hanging).toMatchObject({ status: 503, body: { status: 'stalled' } })
  loop.blocked('redis does not answer')
  expect((await get('/readyz')).body).toMatchObject({ reasons: ['redis does not answer'] })
  expect(await service.stop()).toBe(0)
})

test('a stop waits until the loop has finished what it has in hand', async () => {
  const story: string[] = []
  const { service } = await aService({
    loops: {
      loop: async (signal) => {
        await untilAborted(signal)
        await new Promise((resolve) => setImmediate(resolve))
        story.push('committed')
      },
    },
  })
  expect(await service.stop()).toBe(0)
  expect(story).toEqual(['committed'])
})

test('a loop that rejects stops the others and ends the service with 1 and one line', async () => {
  const story: string[] = []
  const { service, lines } = await aService({
    loops: {
      bad: () => Promise.reject(new TypeError('x is\n  not a function')),
      good: async (signal) => {
        await untilAborted(signal)
        story.push('stopped')
      },
    },
  })
  expect(await service.ended).toBe(1)
  expect(story).toEqual(['stopped'])
  const fatal = lines.filter((line) => line.includes('"level":"fatal"'))
  expect(fatal).toHaveLength(1)
  expect(JSON.parse(fatal[0] ?? '')).toMatchObject({
    msg: 'svc: bad failed: x is; not a function',
  })
})

test('a loop that ends though nobody asked it to is a failure too', async () => {
  const { service } = await aService({ loops: { loop: () => Promise.resolve() } })
  expect(await service.ended).toBe(1)
})

test('a loop that does not stop is left behind after the time for it', async () => {
  const { service, lines } = await aService({
    env: { SHUTDOWN_TIMEOUT_MS: '100' },
    loops: { deaf: () => new Promise(() => undefined) },
  })
  expect(await service.stop()).toBe(1)
  expect(lines.join('')).toContain('deaf did not stop in 100 ms')
})

test('a health port that is taken is said in one line that helps', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const starting = aService({ env: { HEALTH_PORT: String(port) } })
  await expect(starting).rejects.toThrow(HealthPortTaken)
  await expect(starting).rejects.toThrow(/set HEALTH_PORT/)
  await new Promise((resolve) => other.close(resolve))
})
