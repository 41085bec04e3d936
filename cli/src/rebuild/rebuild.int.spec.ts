import { createKafka, createProducer, ensureTopics } from '@kubesift/adapter-kafka'
import { connectRedis, ensureConnected, StateStore } from '@kubesift/adapter-redis'
import { signals } from '@kubesift/contracts'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { expect, test, vi } from 'vitest'
import { checkoutRoot } from '../frame/context.ts'
import { runCli } from '../frame/program.ts'

/** Runs `kubesift rebuild …` against the Kafka and Redis of this test. */
const rebuildOf =
  (backing: TestBacking) =>
  async (...args: string[]) => {
    const out: string[] = []
    const warnings: string[] = []
    const code = await runCli(['rebuild', ...args], {
      root: checkoutRoot,
      home: '/nonexistent/kubesift-home',
      env: {
        KAFKA_BROKERS: backing.kafkaBrokers,
        KAFKA_TOPIC_PREFIX: backing.topicPrefix,
        REDIS_URL: backing.redisUrl,
      },
      stdin: process.stdin,
      stdout: Object.create(process.stdout, { isTTY: { value: false } }) as NodeJS.WriteStream,
      stderr: process.stderr,
      now: () => Date.now(),
      signal: new AbortController().signal,
      print: (line) => void out.push(line),
      warn: (line) => void warnings.push(line),
    })
    return { code, out: out.join('\n'), warnings: warnings.join('\n') }
  }

/** Three partitions of `signals` with a record each, of which the first two have a state. */
const aCluster = async (backing: TestBacking) => {
  const brokers = backing.kafkaBrokers.split(',')
  const kafka = createKafka({ brokers, clientId: 'test', topicPrefix: backing.topicPrefix })
  await ensureTopics(kafka, [
    { topic: signals.topic, policy: { ...signals.policy, partitions: 3 } },
  ])
  const producer = createProducer(kafka)
  await producer.publishRaw(
    signals.topic,
    [0, 1, 2].map((partition) => ({ value: Buffer.from('x'), partition })),
  )
  await producer.disconnect()
  const redis = connectRedis(backing.redisUrl)
  await ensureConnected(redis)
  const store = new StateStore(redis, `kubesift:${backing.topicPrefix}`)
  for (const partition of [0, 1])
    await store.write(await store.claim(partition), { expected: null, next: 1, namespaces: [] })
  /** What the assembler of a partition does that finds no state. */
  const begin = async (partition: number): Promise<void> => {
    const claim = await store.claim(partition)
    const rest = { next: 1, until: 1, namespaces: [], measured: [] }
    await store.whole(await store.begin(claim, { epoch: claim.epoch + 1, ...rest }))
  }
  return { store, begin, [Symbol.dispose]: () => redis.disconnect() }
}

test('says so where nothing was ever read', async () => {
  await using backing = await testBacking()
  const { code, warnings } = await rebuildOf(backing)()
  expect(code).toBe(1)
  expect(warnings).toContain(`there is no topic ${backing.topicPrefix}signals`)
})

test('shows what is lost, changes nothing in a dry run, and says who does not answer', async () => {
  await using backing = await testBacking()
  using _cluster = await aCluster(backing)
  const rebuild = rebuildOf(backing)
  const dry = await rebuild('--dry-run')
  expect(dry.code).toBe(0)
  expect(dry.out).toBe(
    [
      '1 partition of signals: 1 record to read again',
      'nothing was deleted by retention so far: all is made from the records',
      'nothing was changed (--dry-run)',
    ].join('\n'),
  )
  const alone = await rebuild('--wait', '0')
  expect(alone.code).toBe(4)
  expect(alone.warnings).toContain('1 of 1 partitions are not whole after 0 s')
  expect((await rebuild('--wait', 'soon')).code).toBe(2)
})

test('waits until what is lost is whole, and leaves a state that is there alone unless it is forced', async () => {
  await using backing = await testBacking()
  using cluster = await aCluster(backing)
  const { store, begin } = cluster
  const rebuild = rebuildOf(backing)
  const lost = rebuild()
  await begin(2)
  expect((await lost).code).toBe(0)
  const again = await rebuild()
  expect(again.out).toContain('the state of all 3 partitions is there: nothing to rebuild')
  const held = await store.claim(0)
  const forced = rebuild('--force')
  await vi.waitUntil(async () => (await store.standings([0, 1, 2])).size === 0, {
    timeout: 20_000,
    interval: 50,
  })
  await expect(store.write(held, { expected: 1, next: 2, namespaces: [] })).rejects.toThrow('held')
  for (const partition of [0, 1, 2]) await begin(partition)
  const { code, out } = await forced
  expect(code).toBe(0)
  expect(out).toContain('3 of 3 are whole')
})

test('waits for what is being made again already, until that is published, too', async () => {
  await using backing = await testBacking()
  using cluster = await aCluster(backing)
  const { store } = cluster
  const claim = await store.claim(2)
  const rest = { next: 0, until: 1, namespaces: [], measured: [] }
  const begun = await store.begin(claim, { epoch: 2, ...rest })
  const rebuild = rebuildOf(backing)
  expect((await rebuild('--wait', '0')).warnings).toContain('1 of 1 partitions are not whole')
  await store.write(begun, { expected: 0, next: 1, namespaces: [] })
  expect((await rebuild('--wait', '0')).code).toBe(4)
  await store.whole(begun)
  expect((await rebuild('--wait', '0')).out).toContain('nothing to rebuild')
})

test('has nothing to wait for where nothing was ever written', async () => {
  await using backing = await testBacking()
  const kafka = createKafka({
    brokers: backing.kafkaBrokers.split(','),
    clientId: 'test',
    topicPrefix: backing.topicPrefix,
  })
  await ensureTopics(kafka, [{ topic: signals.topic, policy: signals.policy }])
  const { code, out } = await rebuildOf(backing)('--force', '--wait', '0')
  expect(out).toBe('nothing was ever written to signals: nothing to rebuild')
  expect(code).toBe(0)
})

test('says which Redis has to be that of the context-builder, and what is wrong with its address', async () => {
  await using backing = await testBacking()
  using _cluster = await aCluster(backing)
  const { warnings } = await rebuildOf(backing)('--wait', '0')
  expect(warnings).toContain('with this REDIS_URL and KAFKA_TOPIC_PREFIX')
  const url = new URL(backing.redisUrl)
  const nobody = { ...backing, redisUrl: `redis://127.0.0.1:1/0` }
  expect((await rebuildOf(nobody)()).code).toBe(4)
  url.username = 'operator'
  url.password = 'wrong-secret'
  const refused = await rebuildOf({ ...backing, redisUrl: url.toString() })()
  expect(refused.code).toBe(4)
  expect(refused.warnings).toContain('Redis does not answer')
  expect(refused.warnings).not.toContain('wrong-secret')
})
