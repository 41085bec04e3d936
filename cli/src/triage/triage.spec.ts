import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Rejection } from './intake.ts'
import type { TriageOutput } from './output.ts'
import { catalogue, event, knowns, list, of, pathOf, recorded, run } from './testing.ts'
import { triage } from './triage.ts'

describe('triage', () => {
  it('makes one incident of one problem, counted once however often it is handed in', async () => {
    const once = await run([of('a', list(event('e1')))])
    expect(once.incidents).toHaveLength(1)
    expect(once.incidents[0]).toMatchObject({
      key: 'local/shop/Deployment/checkout/CrashLoop',
      occurrenceCount: 7,
      reasons: ['BackOff'],
      status: 'open',
      firstSeenAt: '2026-11-21T01:00:00Z',
      lastSeenAt: '2026-11-21T01:05:00Z',
    })
    const twice = await run([
      of('a', list(event('e1'))),
      of('b', `${list(event('e1'))}\n${JSON.stringify(event('e1'))}`),
    ])
    expect(twice.stats).toMatchObject({
      records: 3,
      events: 1,
      duplicates: 2,
      rejected: 0,
      incidents: 1,
    })
    expect(twice.incidents[0]?.occurrenceCount).toBe(7)
  })

  it("leaves out what the operator's rules ignore, and counts it under their names", async () => {
    const ignores = {
      hash: 'h',
      rules: [{ name: 'not-shop', why: 'nobody pays', matches: () => true }],
    }
    const output = await run([of('a', list(event('e1')))], { ignores })
    expect(output.incidents).toEqual([])
    expect(output.ignored).toEqual([
      {
        reason: 'BackOff',
        count: 7,
        why: 'nobody pays',
        owner: 'Deployment/checkout',
        rule: 'not-shop',
      },
    ])
  })

  it('counts the malformed, tells where they stood, and goes on', async () => {
    const told: Rejection[] = []
    const output = await run([of('f', list(event('e1'), 7, { kind: 'Event' }, event('e2')))], {
      onRejected: (rejection) => told.push(rejection),
    })
    expect(output.stats).toMatchObject({ records: 4, events: 2, rejected: 2 })
    expect(told.map(({ place }) => place.item)).toEqual([1, 2])
  })

  it('is no list at all: says what it is instead', async () => {
    const options = {
      catalogue,
      knowns,
      cluster: 'local',
      clock: () => 0,
      onRejected: () => expect.unreachable(),
    }
    expect(await triage([of('f', 'hello')], options)).toMatchObject({
      ok: false,
      rejection: { why: 'it is neither JSON nor YAML' },
    })
  })

  it('one strange file among good ones is rejected, and the run goes on', async () => {
    const told: Rejection[] = []
    const output = await run([of('README', 'hello'), of('f', list(event('e1')))], {
      onRejected: (rejection) => told.push(rejection),
    })
    expect(told).toHaveLength(1)
    expect(output.stats).toMatchObject({ rejected: 1, events: 1 })
  })

  it('an empty list is fine', async () => {
    expect(await run([of('f', list())])).toEqual({
      incidents: [],
      ignored: [],
      stats: {
        records: 0,
        events: 0,
        duplicates: 0,
        objects: 0,
        skipped: 0,
        rejected: 0,
        incidents: 0,
      },
    })
  })

  it('a binding that came too late is no trouble: the pod has its node', async () => {
    const bound = event('e', {
      reason: 'FailedScheduling',
      message:
        'binding rejected: running Bind plugin "DefaultBinder": Operation cannot be fulfilled on pods/binding "web-1": pod web-1 is already assigned to node "a"',
    })
    const { incidents, ignored } = await run([of('f', list(bound))])
    expect(incidents).toEqual([])
    expect(ignored).toMatchObject([
      {
        reason: 'FailedScheduling',
        why: expect.stringContaining('it is bound') as unknown,
      },
    ])
  })

  it('what has no time of its own is of now', async () => {
    const timeless = event('e1', {
      reason: 'FailedScheduling',
      message: '0/2 nodes are available: 2 Insufficient cpu.',
      firstTimestamp: null,
      lastTimestamp: null,
    })
    const alone = await run([of('f', list(timeless))])
    expect(alone.incidents[0]?.lastSeenAt).toBe('2030-01-01T00:00:00Z')
    const beside = await run([
      of('f', list(timeless, event('e2', { type: 'Normal', reason: 'Pulled' }))),
    ])
    expect(beside.incidents[0]?.lastSeenAt).toBe('2026-11-21T01:05:00Z')
    const given = await run([of('f', list(timeless))], { now: Date.UTC(2026, 0, 1) })
    expect(given.incidents[0]?.lastSeenAt).toBe('2026-01-01T00:00:00Z')
  })

  it('lifts by objects in the same input what no name tells', async () => {
    const odd = { kind: 'Pod', namespace: 'shop', name: 'odd', uid: 'p' }
    const pod = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        name: 'odd',
        namespace: 'shop',
        uid: 'p',
        creationTimestamp: '2026-11-21T00:00:00Z',
        ownerReferences: [{ kind: 'StatefulSet', name: 'db', uid: 's', controller: true }],
      },
    }
    const named = async (...items: unknown[]) =>
      (await run([of('f', list(...items))])).incidents.map(
        (i) => `${i.resourceKind}/${i.resourceName}`,
      )
    expect(await named(event('e', { involvedObject: odd }))).toEqual(['Pod/odd'])
    expect(await named(pod, event('e', { involvedObject: odd }))).toEqual(['StatefulSet/db'])
    expect(await named(event('e', { involvedObject: odd }), pod)).toEqual(['StatefulSet/db'])
  })

  it("the Collector's own cluster name wins over the option", async () => {
    const line = readFileSync(pathOf('e2e/recordings/crashloop-bad-rollout/events.otlp.jsonl.gz'))
    const plain = await run([of('f', line)])
    expect(new Set(plain.incidents.map((i) => i.cluster))).toEqual(new Set(['local']))
    const request = (name: string): string =>
      JSON.stringify({
        resourceLogs: [
          {
            resource: { attributes: [{ key: 'k8s.cluster.name', value: { stringValue: name } }] },
            scopeLogs: [
              {
                logRecords: [
                  {
                    observedTimeUnixNano: '1795223274910040319',
                    body: {
                      kvlistValue: {
                        values: [
                          { key: 'type', value: { stringValue: 'ADDED' } },
                          { key: 'object', value: otlp(event('e1')) },
                        ],
                      },
                    },
                  },
                ],
              },
            ],
          },
        ],
      })
    expect((await run([of('f', request('prod'))])).incidents.map((i) => i.cluster)).toEqual([
      'prod',
    ])
  })

  it('core/v1 and events.k8s.io/v1 of the same Events, from both receivers, are one count', async () => {
    const dir = 'crashloop-bad-rollout'
    const both = await run([
      recorded(`${dir}/objects.otlp.jsonl.gz`),
      recorded(`${dir}/events.otlp.jsonl.gz`),
      recorded(`${dir}/eventsv1.otlp.jsonl.gz`),
    ])
    const one = await run([recorded(`${dir}/objects.otlp.jsonl.gz`)])
    const counts = (output: TriageOutput) => output.incidents.map((i) => [i.key, i.occurrenceCount])
    expect(counts(both)).toEqual(counts(one))
    expect(both.stats.duplicates).toBeGreaterThan(one.stats.events / 2)
  })
})

/** Plain JSON as an OTLP AnyValue. */
const otlp = (value: unknown): unknown => {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'number') return { intValue: String(value) }
  if (typeof value !== 'object' || value === null) return {}
  return {
    kvlistValue: { values: Object.entries(value).map(([key, v]) => ({ key, value: otlp(v) })) },
  }
}
