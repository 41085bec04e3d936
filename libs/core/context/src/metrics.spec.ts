import { fromKube } from '@kubesift/core-signal'
import { describe, expect, it } from 'vitest'
import {
  SOURCE,
  AT,
  MIN,
  POD,
  SERVICE,
  measured,
  backOff,
  objects,
  web,
  service,
  machineOf,
  contextsOf,
  opened,
} from './metrics.spec-helper.ts'

describe('a metric beyond its threshold', () => {
  it('opens at once, for the owner of what it is of, as bad as its rule says', () => {
    const [context, ...others] = opened([measured('Down', true, 2)])
    expect(others).toEqual([])
    expect(context).toMatchObject({
      key: 'c/n/Deployment/web/Check',
      severity: 'P1',
      occurrenceCount: 1,
      reasons: [{ reason: 'Down', type: 'Metric', source: 'state', count: 1, message: 'bad at 2' }],
      spells: [{ from: AT + 2 * MIN, openedAt: AT + 2 * MIN, recovery: null }],
      evidence: [{ kind: 'state', text: expect.stringContaining('httpcheck Down') as string }],
    })
  })

  it('is over when it has been within for as long as its problem asks, and not before all is known', () => {
    const signals = [measured('Down', true, 0), measured('Down', false, 5)]
    expect(opened(signals, 5)[0]?.spells[0]?.recovery).toBeNull()
    expect(opened(signals, 6)[0]?.spells[0]?.recovery).toMatchObject({
      at: AT + 5 * MIN,
      by: 'recovered',
      why: expect.stringContaining('within their thresholds') as string,
    })
  })

  it('does not end by silence of some hours', () => {
    expect(opened([measured('Down', true, 0)], 12 * 60)[0]?.spells[0]?.recovery).toBeNull()
  })

  it('adds no occurrence beside Events of the same problem', () => {
    const [context] = opened([backOff, measured('Restarts', true, 0)])
    expect(context).toMatchObject({ occurrenceCount: 3 })
    expect(context?.reasons.map((r) => r.reason)).toEqual(['BackOff', 'Restarts'])
  })

  it('within it from the start says nothing', () => {
    expect(opened([measured('Down', false, 0)], 60)).toEqual([])
  })

  it('ends with its pod, which nobody measures any more', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: POD.name, namespace: 'n', uid: 'p', resourceVersion: '2' },
      spec: {},
      status: { phase: 'Running' },
    }
    const gone = fromKube({ type: 'DELETED', object: pod }, { offset: 9, observedAt: AT + 4 * MIN })
    const signal = gone.ok && 'signal' in gone ? [gone.signal] : []
    const [context] = opened([measured('Down', true, 0), ...signal], 30)
    expect(context?.spells[0]?.recovery).toMatchObject({ at: AT + 4 * MIN })
  })

  it('of a name that the catalogue has not got any more says nothing', () => {
    expect(contextsOf([measured('Gone', true, 0)])).toEqual([])
  })
})

describe('the health check of a Service', () => {
  const down = measured('Down', true, 0, { of: SERVICE })

  it('is that of the workload which it selects, whichever became known first', () => {
    const signals = [down, ...objects(web, service)]
    for (const order of [signals, signals.toReversed()])
      expect(opened(order).map((c) => c.key)).toEqual(['c/n/Deployment/web/Check'])
  })

  it('is its own where nothing, or more than one, is selected', () => {
    expect(opened([down]).map((c) => c.key)).toEqual(['c/n/Service/shop/Check'])
    const two = { ...web, metadata: { ...web.metadata, name: 'two', uid: 'e' } }
    expect(opened([down, ...objects(web, two, service)]).map((c) => c.key)).toEqual([
      'c/n/Service/shop/Check',
    ])
  })

  it('goes over to the workload when that becomes known, and says so under the former key', () => {
    const machine = machineOf([down])
    machine.settle(null, [])
    for (const signal of objects(web, service)) machine.apply(signal, SOURCE)
    const { contexts } = machine.settle(null, [])
    expect(contexts.map(({ key, movedTo }) => [key, movedTo])).toEqual(
      expect.arrayContaining([
        ['c/n/Deployment/web/Check', undefined],
        ['c/n/Service/shop/Check', 'c/n/Deployment/web/Check'],
      ]),
    )
  })

  it('is taken in by what breaks the workload', () => {
    const contexts = opened([
      backOff,
      ...objects(web, service),
      measured('Down', true, 1, { of: SERVICE }),
    ])
    expect(contexts.map((c) => c.key)).toEqual(['c/n/Deployment/web/Crash'])
    expect(contexts[0]?.reasons.map((r) => r.reason)).toEqual(['BackOff', 'Down'])
  })
})

it('what is only observed opens nothing, and is shown beside what its owner has', () => {
  const memory = measured('Memory', true, 0)
  expect(contextsOf([memory])).toEqual([])
  const [context] = opened([
    backOff,
    memory,
    measured('Memory', false, 1),
    measured('Memory', true, 2),
  ])
  expect(context?.observations).toMatchObject([
    { source: 'httpcheck', reason: 'Memory', count: 2, quality: 'exact', example: 'bad at 2' },
  ])
  const cited = context?.evidence.map(({ id }) => id)
  expect(cited).toContain(context?.observations?.[0]?.evidence)
  expect(
    opened([backOff, measured('Memory', true, -60), measured('Memory', false, -30)])[0],
  ).not.toHaveProperty('observations')
})

it('of a namespace only so many are kept', () => {
  const many = Array.from({ length: 2_100 }, (_, i) =>
    measured('Memory', true, i, { of: { ...POD, name: `p-${i}`, uid: `p-${i}` } }),
  )
  const machine = machineOf(many)
  machine.settle(null, [])
  const kept = [...machine.snapshot()].filter(
    ([name, text]) => name.startsWith('x:') && text !== '',
  )
  expect(kept.length).toBeLessThanOrEqual(2_000)
})
