import { signalSchema } from '@kubesift/contracts'
import { describe, expect, it } from 'vitest'
import { check, metric, MIN, T0 } from './metrics.spec-helper.ts'
import { reader, container, replicas, of, told } from './reader.spec-helper.ts'

it('each source is told as it is', async () => {
  const read = reader()
  const signals = [
    ...read.read(check(T0, 503)),
    ...read.read(check(T0 + MIN, 'Get "http://u:p@x?token=abcdefgh": dial tcp: no such host')),
    ...read.read(check(T0 + 2 * MIN, 204)),
    ...read.read(check(T0, 500, 'https://u:secret@pay.example.com/v1?key=hush#x')),
    ...read.read(replicas(T0, 1, 3)),
    ...read.read(replicas(T0 + 2 * MIN, 0, 3)),
    ...read.read([of('k8s.container.memory_limit_utilization', 0.93125)]),
    ...read.read([of('k8s.pod.phase', 1)]),
  ]
  for (const signal of signals) expect(signalSchema.parse(signal)).toEqual(signal)
  await expect(`${JSON.stringify(signals, null, 2)}\n`).toMatchFileSnapshot(
    '../golden/metrics.signals.json',
  )
  expect(JSON.stringify(signals)).not.toMatch(/secret|hush|abcdefgh/)
})

describe('a health check', () => {
  it('is told when it fails, in whatever way, and when it is good again; not between', () => {
    const read = reader()
    const answers = [200, 200, 503, 404, 'timeout', 'timeout', 301, 200, 500]
    expect(answers.map((answer, i) => told(read.read(check(T0 + i * MIN, answer))))).toEqual([
      [],
      [],
      [['breach', 2, 2]],
      [],
      [],
      [],
      [['well', 6, 6]],
      [],
      [['breach', 8, 8]],
    ])
  })

  it('is told again now and then while it fails', () => {
    const read = reader()
    const all = Array.from({ length: 70 }, (_, i) => told(read.read(check(T0 + i * MIN, 500))))
    expect(all.flat()).toEqual([
      ['breach', 0, 0],
      ['breach', 0, 30],
      ['breach', 0, 60],
    ])
  })

  it('is not taken for failed because a batch was cut between its classes', () => {
    const read = reader()
    const [, status] = check(T0, 200)
    for (const point of status!.points)
      expect(read.read([{ ...status!, points: [point] }])).toEqual([])
  })

  it('of a Service by its name in the cluster is about that Service, of anything else about itself', () => {
    const about = (url: string) => {
      const [signal] = reader().read(check(T0, 500, url))
      return typeof signal === 'string' ? signal : signal?.metric.involved
    }
    expect(about('http://a.b.svc.cluster.local:80/x')).toMatchObject({
      kind: 'Service',
      namespace: 'b',
      name: 'a',
    })
    expect(about('http://a.b.svc')).toMatchObject({ kind: 'Service', namespace: 'b', name: 'a' })
    expect(about('https://example.com/')).toMatchObject({
      kind: 'Endpoint',
      namespace: '',
      name: 'example.com',
    })
    expect(about('http://10.1.2.3:80')).toMatchObject({ kind: 'Endpoint', name: '10.1.2.3' })
    expect(about('http://[::1]:80/')).toMatchObject({ kind: 'Endpoint', name: '[::1]' })
    expect(about('nonsense')).toMatch(/does not say of what/)
  })
})

describe('what must last', () => {
  it('is told once it has, since when it began', () => {
    const read = reader()
    const series = [1, 1, 3, 1, 1, 1, 3].map((n, i) =>
      told(read.read(replicas(T0 + i * MIN, n, 3))),
    )
    expect(series).toEqual([[], [], [], [], [], [['breach', 3, 5]], [['well', 6, 6]]])
  })

  it('is not told where what it is compared with did not come along', () => {
    expect(reader().read(replicas(T0, 0, 3).slice(0, 1))).toEqual([])
  })
})

describe('restarts', () => {
  const series = (values: readonly number[], step = MIN) => {
    const read = reader()
    return values.flatMap((v, i) =>
      told(read.read([of('k8s.container.restarts', v, T0 + i * step)])),
    )
  }

  it('are told when there were several in the time, and over when there were none in as long', () => {
    expect(series([5, 5, 6, 7, 8, ...Array<number>(25).fill(8)])).toEqual([
      ['breach', 4, 4],
      ['well', 22, 22],
    ])
  })

  it('of old count nothing, and a count that begins anew is no rise', () => {
    expect(series([50, 50, 50, 0, 1, 2, 2])).toEqual([])
  })
})

describe('what comes late, twice, or cannot be', () => {
  it('adds nothing where it is known', () => {
    const read = reader()
    read.read(check(T0, 500))
    expect(read.read(check(T0, 500))).toEqual([])
    expect(read.read(check(T0 - MIN, 200))).toEqual([])
  })

  it('is told with the newest once more where it says otherwise', () => {
    const read = reader()
    read.read(check(T0, 500))
    read.read(check(T0 + 4 * MIN, 500))
    expect(told(read.read(check(T0 + 2 * MIN, 200)))).toEqual([
      ['well', 2, 2],
      ['breach', 4, 4],
    ])
    read.read(check(T0 + 6 * MIN, 200))
    expect(told(read.read(check(T0 + 5 * MIN, 500)))).toEqual([
      ['breach', 5, 5],
      ['well', 6, 6],
    ])
  })

  it('is never ahead of its record by more than a minute', () => {
    expect(told(reader().read(check(T0 + 100 * MIN, 500), T0))).toEqual([['breach', 0, 0]])
  })

  it.each([
    ['no value', [{ value: null }]],
    ['no number', [{ value: NaN }]],
    ['no points', []],
  ])('says nothing: %s', (_, points) => {
    expect(reader().read([metric('k8s.pod.phase', points, { resource: container })])).toEqual([])
  })

  it.each([
    ['nobody', {}],
    ['a name that is none', { 'k8s.pod.name': 7, 'k8s.namespace.name': {} }],
    ['a name without a namespace', { 'k8s.pod.name': 'x' }],
    [
      'prototypes',
      JSON.parse('{"__proto__":{"k8s.pod.name":"x","k8s.namespace.name":"y"}}') as object,
    ],
  ])('is kept as unclassified: of %s', (_, resource) => {
    const record = metric('k8s.pod.phase', [{ value: 1 }], { resource: { ...resource } })
    expect(reader().read([record])).toEqual(['a point of k8s.pod.phase that does not say of what'])
  })

  it('is bounded, and read in no time', () => {
    const long = 'x'.repeat(100_000)
    const before = performance.now()
    const signals = [
      ...reader().read(check(T0, `${'('.repeat(10_000)}password=${long}\u0000`)),
      ...reader().read(check(T0, 500, `http://${'a.'.repeat(5_000)}/${long}`)),
      ...reader().read([
        metric('k8s.pod.phase', [{ value: 1 }], {
          resource: { 'k8s.pod.name': long, 'k8s.namespace.name': long },
        }),
      ]),
    ]
    expect(performance.now() - before).toBeLessThan(500)
    expect(signals).toHaveLength(3)
    for (const signal of signals) expect(JSON.stringify(signal).length).toBeLessThan(2_500)
    expect(JSON.stringify(signals)).not.toContain('\\u0000')
  })

  it('is kept as unclassified where it is no number at all', () => {
    const record = { ...metric('k8s.pod.phase', []), kind: 'other' as const }
    expect(reader().read([record])).toEqual(['a metric k8s.pod.phase that is no number'])
  })
})
