import { createKafka, createProducer, ensureTopics } from '@kubesift/adapter-kafka'
import { incidents } from '@kubesift/contracts'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { anIncident } from './testing/a-notifier.ts'
import { aReceiver, SECRET } from './testing/a-receiver.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitUntil(check, { timeout: 45_000, interval: 25 })

interface Running {
  readonly child: ChildProcess
  readonly said: () => string
}

/** The built service as a process of its own. */
const theProcess = (env: Readonly<Record<string, string>>): Running => {
  if (!existsSync(MAIN))
    throw new Error(`${MAIN} is missing: build first (npx tsc -b services/notifier)`)
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => (text += part.toString()))
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, said: () => text }
}

const envOf = ({ kafkaBrokers, databaseUrl, topicPrefix }: TestBacking) => ({
  KAFKA_BROKERS: kafkaBrokers,
  KAFKA_TOPIC_PREFIX: topicPrefix,
  KAFKA_SESSION_TIMEOUT_MS: '6000',
  DATABASE_URL: databaseUrl,
  HEALTH_PORT: '0',
  SETTLE_MS: '0',
})

const healthOf = ({ said }: Running, path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${/"healthPort":(\d+)/.exec(said())?.[1]}${path}`)

test('kill -9 in the middle of a delivery: the next process sends exactly the same message', async () => {
  await using backing = await testBacking()
  await using receiver = await aReceiver()
  receiver.answer = () => undefined
  const kafka = createKafka({
    brokers: [backing.kafkaBrokers],
    clientId: 'test',
    topicPrefix: backing.topicPrefix,
  })
  await ensureTopics(kafka, [incidents])
  const producer = createProducer(kafka)
  const env = {
    ...envOf(backing),
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_TIMEOUT_MS: '3000',
  }
  const first = theProcess(env)
  await producer.publish(incidents, [anIncident(1)])
  await producer.disconnect()
  await until(() => receiver.received.length === 1)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  receiver.answer = (res) => res.writeHead(204).end()
  const second = theProcess(env)
  await until(() => receiver.received.length >= 2)
  const [before, after] = receiver.received
  expect(after?.id).toBe(before?.id)
  expect(after?.text).toBe(before?.text)
  await until(async () => second.said().includes('is up') && (await healthOf(second, '/readyz')).ok)
  expect((await healthOf(second, '/healthz')).ok).toBe(true)
  second.child.kill('SIGTERM')
  expect(await once(second.child, 'exit')).toEqual([0, null])
})

test('without a database it waits, says so once, and stops when told to', async () => {
  await using backing = await testBacking()
  const env = { ...envOf(backing), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  const running = theProcess(env)
  await until(
    async () => running.said().includes('is up') && (await healthOf(running, '/healthz')).ok,
  )
  await until(() => running.said().includes('postgres: waiting'))
  const ready = await healthOf(running, '/readyz')
  expect(ready.status).toBe(503)
  expect(await ready.text()).toContain('postgres')
  running.child.kill('SIGTERM')
  expect(await once(running.child, 'exit')).toEqual([0, null])
  expect(running.said().match(/postgres: waiting/g)).toHaveLength(1)
})

test('bad settings are told all at once, and nothing is touched', async () => {
  const { child, said } = theProcess({ NOTIFY_CHANNELS: 'webhook', SETTLE_MS: 'soon' })
  expect(await once(child, 'exit')).toEqual([1, null])
  for (const name of [
    'KAFKA_BROKERS',
    'DATABASE_URL',
    'WEBHOOK_URL',
    'WEBHOOK_SECRET',
    'SETTLE_MS',
  ]) {
    expect(said()).toContain(name)
  }
})
