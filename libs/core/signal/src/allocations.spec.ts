import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { golden, readsOf } from './add-ons.spec-helper.ts'
import { allocationIn, answer, only, row, window } from './allocations.spec-helper.ts'
import { fromKube } from './from-kube.ts'
import { fromLogRecord } from './from-log-record.ts'
import type { LogRecord } from './log-record.ts'
import { sourceOf } from './sources.ts'

const fixture = (): unknown =>
  JSON.parse(readFileSync(new URL('../fixtures/opencost-allocation.json', import.meta.url), 'utf8'))
/** Other people's data: read in place, never copied. */
const PUBLIC = '/work/shared/data/public/objects/opencost/allocation-example-output.json'

test('an allocation of OpenCost is a cost for each thing in it; what is nobody’s is passed over', async () => {
  const text = await golden(fixture(), 'opencost-allocation')
  expect(text).not.toContain('__idle__":')
  const read = readsOf(fixture())
  const costs = read.filter((one) => 'signal' in one)
  expect(costs).toHaveLength(5)
  expect(read.filter((one) => 'skipped' in one && one.source === 'opencost')).toHaveLength(3)
  expect(read.filter((one) => !one.ok)).toHaveLength(1)
})

test.skipIf(!existsSync(PUBLIC))('the example of OpenCost’s own site is read whole', () => {
  const reads = readsOf(JSON.parse(readFileSync(PUBLIC, 'utf8')))
  expect(
    reads.map((one) => ('signal' in one && one.signal.t === 'cost' ? one.signal.allocation : one)),
  ).toMatchObject([
    { involved: { kind: 'Namespace', name: 'kube-system' }, total: 1.52743, efficiency: 0.07855 },
    {
      involved: { kind: 'Deployment', namespace: 'opencost', name: 'opencost' },
      total: 0.10937,
      terms: { cpu: 0.06359, memory: 0.04577 },
    },
    { involved: { kind: 'Namespace', name: 'prometheus' }, total: 0.14136, efficiency: 1 },
  ])
})

describe('a set', () => {
  test('divides what was paid: rows of one thing are parts of it', () => {
    const parts = [
      row({ name: 'a', totalEfficiency: 1 }, { pod: 'web-1', container: 'app' }),
      row({ name: 'b', cpuCost: 3, totalCost: 3, totalEfficiency: 0 }, { pod: 'web-2' }),
    ]
    const whole = {
      involved: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      total: 4,
      terms: { cpu: 4 },
      efficiency: 0.25,
    }
    expect(allocationIn(...parts)).toMatchObject(whole)
    expect(allocationIn(...parts.toReversed())).toMatchObject(whole)
  })

  test('of each step is a window of its own', () => {
    const earlier = { start: '2026-11-21T00:00:00Z', end: window.start }
    const reads = readsOf({
      code: 200,
      data: [{ a: row() }, null, { a: row({ window: earlier }) }, {}],
    })
    const windows = reads.map((one) =>
      'signal' in one && one.signal.t === 'cost' ? one.signal.allocation.from : one,
    )
    expect(windows).toEqual([Date.parse(window.start), Date.parse(earlier.start)])
  })

  test('that is empty says so, and is no fault', () => {
    for (const data of [[], [{}], [null]]) {
      const read = readsOf({ code: 200, status: 'success', data })
      expect(read).toEqual([
        { ok: true, skipped: 'an allocation without rows', source: 'opencost' },
      ])
    }
  })

  test('whose window is not over counts as far as it has come', () => {
    const open = { start: '2026-11-21T00:00:00Z', end: '2026-11-22T00:00:00Z' }
    expect(allocationIn(row({ window: open }))).toMatchObject({
      from: Date.parse(open.start),
      to: Date.parse('2026-11-21T02:00:00Z'),
    })
  })
})

describe('what is paid for', () => {
  test.each([
    ['a Deployment', { controllerKind: 'deployment' }, 'Deployment'],
    ['a StatefulSet', { controllerKind: 'statefulset' }, 'StatefulSet'],
    ['a DaemonSet', { controllerKind: 'daemonset' }, 'DaemonSet'],
    ['a Rollout', { controllerKind: 'rollout' }, 'Rollout'],
    ['a ReplicaSet', { controllerKind: 'ReplicaSet' }, 'ReplicaSet'],
    ['what we do not know', { controllerKind: 'CloneSet' }, 'CloneSet'],
  ])('may be %s', (_, properties, kind) => {
    expect(allocationIn(row({}, properties)).involved).toEqual({
      kind,
      namespace: 'shop',
      name: 'web',
    })
  })

  test('is the pod, where it has no controller', () => {
    const properties = { controller: '', controllerKind: '', pod: 'web-0' }
    expect(allocationIn(row({}, properties)).involved).toMatchObject({ kind: 'Pod', name: 'web-0' })
  })

  test('is the pod, where a Node runs it by itself', () => {
    const properties = { controller: 'node-1', controllerKind: 'node', pod: 'etcd-node-1' }
    expect(allocationIn(row({}, properties)).involved).toMatchObject({ name: 'etcd-node-1' })
  })

  test('is the namespace only where the row is all of it', () => {
    const properties = { controller: undefined, controllerKind: undefined }
    expect(allocationIn(row({ name: 'shop' }, properties)).involved).toEqual({
      kind: 'Namespace',
      namespace: 'shop',
      name: 'shop',
    })
    expect(only(row({ name: 'team-a' }, properties))).toMatchObject({ ok: false })
  })

  test.each([
    ['lab/__idle__', {}],
    ['__idle__', { controller: 'web' }],
    ['shop/__unallocated__', {}],
    ['x', { pod: '__unmounted__' }],
    ['x', { namespace: '__unmounted__' }],
    ['__shared__', {}],
    ['__external__', {}],
  ])('is nobody: %s %j', (name, properties) => {
    expect(only(row({ name }, properties))).toMatchObject({ ok: true, source: 'opencost' })
    expect(only(row({ name }, properties))).not.toHaveProperty('signal')
  })
})

describe('as a log record', () => {
  const record = (body: unknown, more: Partial<LogRecord> = {}): LogRecord => ({
    ...({
      timeMs: null,
      observedMs: Date.parse('2026-11-21T02:05:00Z'),
      severityNumber: 0,
      severityText: '',
      attributes: {},
      resource: { 'k8s.cluster.name': 'prod', 'kubesift.currency': 'EUR' },
      scope: '',
    } as unknown as LogRecord),
    body,
    ...more,
  })

  test('it is read as text, with the cluster and the currency of its resource', () => {
    const entry = record(JSON.stringify(answer(row())))
    const read = fromLogRecord(entry, { offset: 1, kafkaAt: Date.parse('2026-11-21T02:05:01Z') })
    if (!read.ok || !('each' in read)) throw new Error('not read')
    expect(read.each).toMatchObject([
      {
        cluster: 'prod',
        namespace: 'shop',
        signal: {
          t: 'cost',
          offsets: [1],
          toldAt: Date.parse('2026-11-21T02:05:00Z'),
          allocation: { source: 'opencost', currency: 'EUR' },
        },
      },
    ])
    expect(sourceOf(entry, read.each[0]!)).toBe('opencost')
  })

  test('a currency that is none is left out', () => {
    const entry = record(answer(row()), { resource: { 'kubesift.currency': '<script>' } })
    const read = fromLogRecord(entry, { offset: 1 })
    expect(JSON.stringify(read)).not.toContain('currency')
  })

  test('what a container has printed is a line', () => {
    const entry = record(JSON.stringify(answer(row())), {
      resource: { 'k8s.pod.name': 'p', 'k8s.namespace.name': 'n' },
      attributes: { 'log.iostream': 'stdout' },
    })
    expect(fromLogRecord(entry, { offset: 1 })).toMatchObject({ ok: true, source: 'pod_logs' })
  })
})

test('a cluster that the row names is its cluster where nothing else does', () => {
  const read = only(row({}, { cluster: 'lab' }))
  expect(read).toMatchObject({ cluster: 'lab' })
  const many = fromKube(answer(row({}, { cluster: 'lab' })), { offset: 1 })
  expect(JSON.stringify(many)).toContain('"cluster":"lab"')
})
