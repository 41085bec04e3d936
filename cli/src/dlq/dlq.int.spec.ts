import { encodeLogs } from '@kubesift/adapter-otlp'
import { consumeBatches, createKafka, createProducer, ensureTopics } from '@kubesift/adapter-kafka'
import { OTEL_LOGS, otelPolicy } from '@kubesift/contracts'
import { type TestBacking, testBacking } from '@kubesift/testing'
import { expect, test, vi } from 'vitest'
import { checkoutRoot } from '../frame/context.ts'
import { runCli } from '../frame/program.ts'

const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** Runs `kubesift dlq …` against the Kafka of this test. */
const dlqOf =
  (env: Readonly<Record<string, string>>) =>
  async (...args: string[]) => {
    const out: string[] = []
    const warnings: string[] = []
    const code = await runCli(['dlq', ...args], {
      root: checkoutRoot,
      home: '/nonexistent/kubesift-home',
      env,
      stdin: process.stdin,
      stdout: Object.create(process.stdout, { isTTY: { value: false } }) as NodeJS.WriteStream,
      stderr: process.stderr,
      now: () => Date.now(),
      signal: new AbortController().signal,
      print: (line) => void out.push(line),
      warn: (line) => void warnings.push(line),
    })
    return { code, out: out.join('\n'), warnings }
  }

const log = { timeUnixNano: '1', body: { stringValue: 'hello\u001b[2J' } }
const request = encodeLogs({
  resourceLogs: [{ resource: {}, scopeLogs: [{ scope: { name: 's' }, logRecords: [log] }] }],
})

/** A stage that cannot read anything of `otel-logs`, and what is in there. */
const aCorner = async (backing: TestBacking) => {
  const brokers = backing.kafkaBrokers.split(',')
  const kafka = createKafka({ brokers, clientId: 'test', topicPrefix: backing.topicPrefix })
  await ensureTopics(kafka, [{ topic: OTEL_LOGS, policy: { ...otelPolicy, partitions: 1 } }])
  const producer = createProducer(kafka)
  const seen: string[] = []
  const send = (...values: Uint8Array[]) =>
    producer.publishRaw(
      OTEL_LOGS,
      values.map((value) => ({ value, headers: { ce_id: 'a' } })),
    )
  /** Parks all that it has not seen yet. */
  const parkAll = async (count: number): Promise<void> => {
    const stop = new AbortController()
    const running = consumeBatches({
      kafka,
      topic: OTEL_LOGS,
      groupId: 'g',
      stage: 'normalise',
      maxWaitMs: 100,
      handle: (batch) => {
        seen.push(...batch.records.map(({ raw }) => raw?.toString('hex') ?? ''))
        const parked = batch.records.map((record) => ({
          record,
          why: `\u001b[2Jno reader for record ${record.offset}`,
        }))
        return Promise.resolve({ through: batch.lastOffset, parked })
      },
    }).run(stop.signal)
    await vi.waitUntil(() => seen.length >= count, { timeout: 40_000, interval: 20 })
    stop.abort()
    await running
  }
  const dlq = dlqOf({
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    COLUMNS: '120',
  })
  return { send, parkAll, seen, dlq, [Symbol.asyncDispose]: () => producer.disconnect() }
}

test('a parked record is listed, shown, given back once, and parked anew when it fails again', async () => {
  await using backing = await testBacking()
  await using corner = await aCorner(backing)
  const { dlq } = corner
  expect(await dlq('list')).toMatchObject({ code: 0, out: 'No dead letters in 1 topic.' })
  await corner.send(request, Buffer.from([0xff, 0x1b]))
  await corner.parkAll(2)

  const listed = await dlq('list')
  expect(listed.code).toBe(0)
  expect(listed.out).toMatch(
    /^otel-logs\.dlq: 2 letters, newest \d+s ago\n {2}parked by normalise 2\n/,
  )
  expect(listed.out).toContain('     2  \\u001b[2Jno reader for record 1')
  const json = await dlq('list', 'otel-logs', '--format', 'json')
  expect(JSON.parse(json.out)).toMatchObject({
    topics: [{ letters: 2, each: [{ place: 'otel-logs/0/0', replayedAt: null }, {}] }],
  })

  const shown = await dlq('show', 'otel-logs/0/0')
  expect(shown.out).toMatch(/Value: OTLP, 1 log record, \d+ bytes/)
  expect(shown.out).toContain('"body": "hello\\u001b[2J"')
  const hex = await dlq('show', 'otel-logs/0/1')
  expect(hex.out).toContain('00000000  ff 1b')

  const dry = await dlq('replay', 'otel-logs', '--dry-run')
  // In the order in which the dead-letter partitions are read: no letter waits in memory for another.
  const lines = dry.out.split('\n')
  expect(lines.slice(0, 2).sort()).toEqual([
    'otel-logs/0/0  would be replayed',
    'otel-logs/0/1  would be replayed',
  ])
  expect(lines[2]).toMatch(/^2 letters: 2 would be/)
  const one = await dlq('replay', 'otel-logs/0/0')
  expect(one).toMatchObject({ code: 0, out: 'otel-logs/0/0  replayed\n1 letter: 1 replayed' })
  const rest = await dlq('replay', 'otel-logs.dlq')
  expect(rest.out).toMatch(/otel-logs\/0\/0 {2}left: .*\notel-logs\/0\/1 {2}replayed\n2 letters/)

  await corner.parkAll(4)
  expect(corner.seen.slice(2)).toEqual([Buffer.from(request).toString('hex'), 'ff1b'])
  const after = await dlq('list', 'otel-logs')
  expect(after.out).toMatch(/otel-logs\.dlq: 4 letters, 2 of them replayed/)
  expect(after.out).toMatch(/otel-logs\/0\/3 .*normalise/)
  for (const { out } of [listed, json, shown, hex, after]) expect(out).not.toMatch(DANGEROUS)
})

test('what is not there is one line with its exit code', async () => {
  await using backing = await testBacking()
  await using corner = await aCorner(backing)
  const { dlq } = corner
  expect(await dlq('show', 'otel-logs/0/7')).toMatchObject({
    code: 1,
    warnings: [
      'no dead letter of otel-logs/0/7: `kubesift dlq list otel-logs` lists those that there are',
    ],
  })
  expect(await dlq('replay', 'otel-logs/0/7')).toMatchObject({ code: 1 })
  expect(await dlq('list', 'otel-log')).toMatchObject({
    code: 2,
    warnings: ['there is no dead-letter topic otel-log.dlq: did you mean otel-logs?'],
  })
  expect(await dlq('replay', 'otel-logs')).toMatchObject({
    code: 0,
    out: 'No letters in otel-logs.dlq.',
  })
})

test('a Kafka that does not answer is one line with its exit code', async () => {
  const { code, warnings } = await dlqOf({ KAFKA_BROKERS: '127.0.0.1:1' })('list')
  expect(code).toBe(4)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/^Kafka at 127\.0\.0\.1:1 does not answer: /)
})
