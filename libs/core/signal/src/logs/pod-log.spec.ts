import { describe, expect, test } from 'vitest'
import { ChunkBuilder } from '../chunks.ts'
import { fromLogRecord } from '../from-log-record.ts'
import type { LogRecord } from '../log-record.ts'
import { masked, shown } from './mask.ts'

const AT = { offset: 5, kafkaAt: Date.parse('2026-11-21T01:00:10Z') }
const POD = {
  'k8s.namespace.name': 'shop',
  'k8s.pod.name': 'web-5d6b7c8d9f-bcdfg',
  'k8s.pod.uid': 'p',
  'k8s.container.name': 'app',
}

const record = (body: unknown, more: Partial<LogRecord> = {}): LogRecord => ({
  resource: POD,
  attributes: {},
  body,
  timeMs: Date.parse('2026-11-21T01:00:00Z'),
  observedMs: null,
  severityText: '',
  ...more,
})
const patternOf = (body: unknown, more?: Partial<LogRecord>) => {
  const read = fromLogRecord(record(body, more), AT)
  if (!read.ok) throw new Error(read.why)
  if ('each' in read) throw new Error('several')
  if ('skipped' in read) return undefined
  if (read.signal.t !== 'pattern') throw new Error(read.signal.t)
  return read.signal
}
const textOf = (body: unknown, more?: Partial<LogRecord>): string | undefined =>
  patternOf(body, more)?.pattern.text

describe('which lines are errors', () => {
  test.each([
    [
      '2026-11-21 01:00:00,123 ERROR [main] c.e.Shop - order 42 failed',
      '<time> ERROR [main] c.e.Shop - order <n> failed',
    ],
    [
      'E1121 01:00:00.123456       7 reflector.go:147] failed to list *v1.Pod',
      'E<time> reflector.go:<n>] failed to list *v<n>.Pod',
    ],
    [
      'time="2026-11-21T01:00:00Z" level=error msg="dial tcp 10.0.0.7:5432: refused"',
      'time=<str> level=error msg=<str>',
    ],
    [
      '2026/11/21 01:00:00 [error] 7#7: *1 upstream timed out',
      '<time> [error] <n>#<n>: *<n> upstream timed out',
    ],
    [
      'panic: runtime error: index out of range [5] with length 3',
      'panic: runtime error: index out of range [<n>] with length <n>',
    ],
    ['java.lang.NullPointerException: at 0x7f', 'java.lang.NullPointerException: at <hex>'],
    [
      '2026-11-21T01:00:00.123456789Z stderr F FATAL: password authentication failed for user "app"',
      'FATAL: password authentication failed for user <str>',
    ],
    [
      '{"level":"error","ts":1,"msg":"cannot reach db-0","error":"dial tcp 10.0.0.1:1: i/o timeout"}',
      'cannot reach db<n>: dial tcp <ip>: i/o timeout',
    ],
    ['{"level":50,"msg":"boom 7","pid":1}', 'boom <n>'],
    ['{"severity":"CRITICAL","message":"x"}', 'x'],
  ])('%s', (line, text) => {
    expect(textOf(line)).toBe(text)
  })

  test.each([
    ['2026-11-21 01:00:00 INFO no error here'],
    ['I1121 01:00:00.123456       7 x.go:1] an Error: was handled'],
    ['level=warn msg="ERROR"'],
    ['{"level":"info","msg":"ERROR"}'],
    ['{"level":30,"msg":"failed"}'],
    ['{"msg":"no level at all: error"}'],
    ['GET /errors 200'],
    ['    at com.example.Shop.order(Shop.java:42)'],
    ['0 errors found'],
    [''],
  ])('not: %s', (line) => {
    expect(textOf(line)).toBeUndefined()
  })

  test('the severity of the record decides before its words', () => {
    expect(textOf('all is well', { severityNumber: 17 })).toBe('all is well')
    expect(textOf('ERROR x', { severityNumber: 9 })).toBeUndefined()
    expect(textOf('all is well', { severityText: 'error' })).toBe('all is well')
    expect(textOf('ERROR x', { severityText: 'INFO' })).toBeUndefined()
    expect(textOf({ level: 'error', msg: 'as a map' })).toBe('as a map')
  })

  test('of several lines the head and what names the error', () => {
    const java =
      'ERROR order failed\njava.io.IOException: no space\n\tat a.B.c(B.java:1)\n\tat d.E.f(E.java:2)'
    expect(textOf(java)).toBe('ERROR order failed java.io.IOException: no space')
    const python =
      'Traceback (most recent call last):\n  File "x.py", line 7, in y\n    z()\nValueError: bad 12'
    expect(textOf(python)).toBe('Traceback (most recent call last): ValueError: bad <n>')
  })
})

describe('whose line it is', () => {
  test('by the attributes, else by the path of the file', () => {
    expect(patternOf('ERROR x')?.pattern).toMatchObject({
      source: 'log',
      reason: 'LogError',
      involved: { kind: 'Pod', namespace: 'shop', name: 'web-5d6b7c8d9f-bcdfg', uid: 'p' },
      container: 'app',
    })
    const attributes = { 'log.file.path': '/var/log/pods/shop_web-0_3407b31a-b0bb/app/3.log' }
    expect(patternOf('ERROR x', { resource: {}, attributes })?.pattern).toMatchObject({
      involved: { namespace: 'shop', name: 'web-0', uid: '3407b31a-b0bb' },
      container: 'app',
    })
  })

  test('an Event, an object and a webhook stay what they are where a Collector names its own pod on them', () => {
    const kindOf = (body: unknown, more: Partial<LogRecord> = {}): unknown => {
      const resource = { 'k8s.pod.name': 'agent-0', 'k8s.namespace.name': 'kubesift' }
      const read = fromLogRecord(record(body, { resource, observedMs: AT.kafkaAt, ...more }), AT)
      const one = read.ok && 'each' in read ? read.each[0] : read
      return one?.ok === true && 'signal' in one ? one.signal.t : one
    }
    const node = { kind: 'Node', metadata: { name: 'n', uid: 'u' } }
    expect(kindOf({ type: 'MODIFIED', object: node })).toBe('object')
    expect(kindOf(node)).toBe('object')
    const alerts = [{ labels: { alertname: 'A' }, startsAt: '2026-11-21T01:00:00Z' }]
    expect(kindOf(JSON.stringify({ status: 'firing', alerts }))).toBe('alert')
    const attributes = { 'k8s.event.uid': 'e', 'k8s.event.reason': 'R', 'k8s.object.name': 'x' }
    expect(kindOf('m', { attributes })).toBe('event')
  })

  test('what a container prints is no alert, whatever it looks like', () => {
    const body = JSON.stringify({ status: 'firing', alerts: [{ labels: { alertname: 'A' } }] })
    expect(fromLogRecord(record(body), AT)).toMatchObject({
      skipped: 'a log line that is no error',
    })
  })

  test('with no pod anywhere it is no signal, and says so', () => {
    expect(fromLogRecord(record('ERROR x', { resource: {} }), AT)).toMatchObject({ ok: false })
  })
})

describe('lines of one pattern', () => {
  const add = (builder: ChunkBuilder, offset: number, line: string, timeMs: number): void => {
    const read = fromLogRecord(record(line, { timeMs }), { ...AT, offset })
    if (read.ok && 'signal' in read) builder.add('c', read.namespace, read.signal)
  }
  test('are one signal, counted by raw record, with the newest as the example', () => {
    const builder = new ChunkBuilder()
    add(builder, 5, 'ERROR order 1 failed', 1_000)
    add(builder, 5, 'ERROR order 2 failed', 3_000)
    add(builder, 6, 'ERROR order 3 failed', 2_000)
    add(builder, 6, 'ERROR else', 2_000)
    const [chunk] = builder.build({ topic: 't', partition: 0 }, 1_000_000)
    expect(chunk?.signals).toMatchObject([
      {
        t: 'pattern',
        pattern: { text: 'ERROR order <n> failed' },
        example: 'ERROR order 2 failed',
        heard: [
          { offset: 5, n: 2, from: 1_000, at: 3_000 },
          { offset: 6, n: 1, from: 2_000, at: 2_000 },
        ],
      },
      { t: 'pattern', pattern: { text: 'ERROR else' } },
    ])
  })
})

describe('hostile lines', () => {
  test.each([
    ['ERROR password=hunter2 rejected'],
    ['ERROR Authorization: Bearer hunter2hunter2'],
    ['ERROR cannot open postgres://app:hunter2@db/shop'],
    ['{"level":"error","msg":"x","error":"token: hunter2"}'],
    ['ERROR -----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----'],
    [`ERROR jwt eyJhbGciOiJIUzI1.eyJodW50ZXIyIjox.${'hunter2'.repeat(3)}`],
  ])('keep no secret: %s', (line) => {
    expect(JSON.stringify(patternOf(line))).not.toContain('hunter2')
  })

  test.each([
    ['huge', `ERROR ${'x'.repeat(3_000_000)}`],
    ['huge, of quotes', `ERROR ${'"'.repeat(300_000)}`],
    ['huge, of digits and dots', `ERROR ${'1.'.repeat(300_000)}`],
    ['huge, of colons', `ERROR ${'a:'.repeat(300_000)}`],
    ['huge, of lines', `ERROR\n${'a.b.C\n'.repeat(100_000)}`],
    ['huge, of blanks', `ERROR${' '.repeat(300_000)}x`],
    ['deep JSON', `${'{"level":'.repeat(20_000)}"error"${'}'.repeat(20_000)}`],
    [
      'keys of the prototype',
      '{"__proto__":{"level":"error"},"constructor":{"msg":"x"},"level":"error"}',
    ],
    ['control characters', 'ERROR \u0000\u001b[31m\ud800 x'],
    ['wrong types', '{"level":{"a":1},"msg":[1,2],"severity":null,"error":7}'],
  ])('are bounded, and read in no time: %s', (_, line) => {
    const before = performance.now()
    const text = JSON.stringify(patternOf(line) ?? null)
    expect(performance.now() - before).toBeLessThan(500)
    expect(text.length).toBeLessThan(2_000)
    expect(text).not.toContain('\\u0000')
  })
})

test.each([
  ['2001:db8:0:0:1:2:3:4', '<ip>'],
  ['[fe80:1:2:3::1]:8080', '<ip>'],
  ['aa:bb:cc:dd:ee:ff', '<ip>'],
])('an address is no difference: %s', (text, by) => {
  expect(masked(`cannot reach ${text} now`)).toBe(`cannot reach ${by} now`)
})

test('what only begins like an address takes no longer than any other line', () => {
  const began = performance.now()
  masked(`ERROR 1:2:3:${'a'.repeat(34)}z`)
  // four characters more took ten times as long: this was half a minute, and a line has 600
  expect(performance.now() - began).toBeLessThan(1_000)
  masked(`ERROR ${'a:'.repeat(250)}${'a'.repeat(80)}z`)
  masked(`ERROR ${'a:b::'.repeat(100)}z`)
  expect(performance.now() - began).toBeLessThan(1_000)
})

test.each([
  String.raw`body {\"user\":\"me\",\"password\":\"hunter\",\"n\":1}`,
  'exec mysqldump --password hunter --host db',
  'exec app --api-key hunter',
  'Cookie: sid=abc; other=hunter',
  `-----BEGIN PRIVATE KEY-----${'A'.repeat(400)}-----END PRIVATE KEY----- ${'y'.repeat(120)} postgres://u:hunterhunter@db`,
])('what is secret in a line is in no pattern and no example: %s', (text) => {
  expect(masked(`ERROR ${text}`)).not.toContain('hunter')
  expect(shown(`ERROR ${text}`)).not.toContain('hunter')
})

test('what stands beside a secret stays', () => {
  expect(shown(String.raw`{\"password\":\"hunter\",\"n\":1}`)).toBe(
    String.raw`{\"password\":…",\"n\":1}`,
  )
  expect(shown('app --token hunter --host db')).toBe('app --token … --host db')
  expect(shown('app --password --host db')).toBe('app --password --host db')
})

test('the colours of a terminal are no part of a line', () => {
  expect(patternOf('\u001b[31mERROR\u001b[0m no \u001b[1;38;5;9mroom\u001b[m')).toEqual(
    patternOf('ERROR no room'),
  )
  expect(patternOf('{"level":"error","msg":"\\u001b[31mno room\\u001b[0m"}')).toEqual(
    patternOf('{"level":"error","msg":"no room"}'),
  )
})
