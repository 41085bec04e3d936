import { rmSync } from 'node:fs'
import { planBacking, type Daemon } from '@kubesift/adapter-backing'
import { testBacking } from '@kubesift/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testGateway, testHome, type TestGateway } from './gateway-bench.ts'
import { canonicalRecords, recordsOfJson } from './records.ts'
import { recordedRequests } from './recording.ts'
import { createTopics, readToEnd, readTopic } from './topic.ts'

const SCENARIO = 'crashloop-bad-rollout'
const requests = [...recordedRequests(SCENARIO, 'events'), ...recordedRequests(SCENARIO, 'objects')]
const sorted = (records: readonly string[]): readonly string[] => [...records].sort()

describe('a recording through the gateway', () => {
  let gateway: TestGateway
  let kafkaBrokers: string
  let dispose: () => Promise<void>

  beforeAll(async () => {
    const backing = await testBacking()
    ;({ kafkaBrokers, dispose } = backing)
    gateway = await testGateway(kafkaBrokers, backing.topicPrefix)
  })
  afterAll(async () => {
    await gateway.dispose()
    await dispose()
  })

  it('keeps what comes before the topics exist, creates none, and delivers every record once', async () => {
    await gateway.daemon.start()
    const [first = '', ...others] = requests
    await gateway.post('logs', first)
    await createTopics(kafkaBrokers, (['logs', 'metrics', 'traces'] as const).map(gateway.topic))
    for (const line of others) await gateway.post('logs', line)

    const expected = sorted(recordsOfJson(requests))
    await readTopic(
      kafkaBrokers,
      gateway.topic('logs'),
      (values) => canonicalRecords(values).length >= expected.length,
    )
    await gateway.daemon.stop()
    const all = await readToEnd(kafkaBrokers, gateway.topic('logs'))
    expect(sorted(canonicalRecords(all))).toEqual(expected)
  })

  it('sends metrics and traces to their own topics', async () => {
    await gateway.daemon.start()
    const point = { asInt: '7', timeUnixNano: '1' }
    const metrics = [{ name: 'a.metric', gauge: { dataPoints: [point] } }]
    const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
    const spans = [{ ...ids, name: 'a.span', startTimeUnixNano: '1', endTimeUnixNano: '2' }]
    await gateway.post(
      'metrics',
      JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
    )
    await gateway.post('traces', JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))
    const some = (values: readonly Buffer[]): boolean => values.length > 0
    const [metric] = await readTopic(kafkaBrokers, gateway.topic('metrics'), some)
    const [trace] = await readTopic(kafkaBrokers, gateway.topic('traces'), some)
    expect(metric?.includes('a.metric')).toBe(true)
    expect(trace?.includes('a.span')).toBe(true)
  })

  it('refuses what is no OTLP', async () => {
    await gateway.daemon.start()
    await expect(gateway.post('logs', '{"resourceLogs":7}')).rejects.toThrow('answered 400')
  })
})

describe('kill -9 of the gateway while Kafka is down', () => {
  let gateway: TestGateway
  let kafka: Daemon
  let kafkaBrokers: string
  const home = testHome()

  beforeAll(async () => {
    // a Kafka of our own, because it is stopped; the other two are not needed
    const env = { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: 'unused', REDIS_URL: 'unused' }
    const plan = await planBacking({ home, env, profile: 'test' })
    const [daemon] = plan.daemons
    if (daemon === undefined) throw new Error('no Kafka in the plan')
    kafka = daemon
    kafkaBrokers = plan.kafkaBrokers
    gateway = await testGateway(kafkaBrokers, '')
  })
  afterAll(async () => {
    await gateway.dispose()
    await kafka.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const kill = async (): Promise<void> => {
    process.kill(gateway.daemon.process?.pid ?? 0, 'SIGKILL')
    await gateway.daemon.stop()
  }
  const postAll = async (lines: readonly string[]): Promise<void> => {
    for (const line of lines) await gateway.post('logs', line)
  }

  it('loses nothing that was acknowledged', async () => {
    const third = Math.ceil(requests.length / 3)
    await kafka.start()
    await createTopics(kafkaBrokers, [gateway.topic('logs')])
    await gateway.daemon.start()
    await postAll(requests.slice(0, third))
    await kill()
    await gateway.daemon.start()
    await kafka.stop()
    await postAll(requests.slice(third, 2 * third))
    await kill()
    await gateway.daemon.start()
    await postAll(requests.slice(2 * third))
    await kill()
    await kafka.start()
    await gateway.daemon.start()

    const expected = new Set(recordsOfJson(requests))
    const arrived = await readTopic(
      kafkaBrokers,
      gateway.topic('logs'),
      (values) => new Set(canonicalRecords(values)).size >= expected.size,
    )
    expect(new Set(canonicalRecords(arrived))).toEqual(expected)
  })
})
