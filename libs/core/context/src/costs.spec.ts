import type { Allocation, CostSignal, Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AT, boom, catalogue, iso, POD, SOURCE } from './add-ons.spec-helper.ts'
import { Classifier } from './classify.ts'
import { MAX_COSTS } from './cost-store.ts'
import { NamespaceMachine } from './machine.ts'

const HOUR = 3_600_000
const WATERMARK = AT + 400_000

const signalsOf = (...objects: object[]): Signal[] =>
  objects.flatMap((object, i) => {
    const read = fromKube(object, { offset: i, observedAt: AT + 300_000 })
    if (!read.ok) throw new Error(read.why)
    const each = 'each' in read ? read.each : [read]
    return each.flatMap((one) => ('signal' in one ? [one.signal] : []))
  })

interface Told extends Partial<Omit<Allocation, 'involved'>> {
  readonly of?: string
  readonly hours?: number
  readonly ago?: number
  readonly toldAt?: number
  readonly offset?: number
}
/** What `of` (a Deployment by default) cost in a window that ended `ago` hours before the trouble. */
const cost = ({
  of = 'Deployment/web',
  hours = 1,
  ago = 1,
  toldAt = AT,
  offset = 7,
  total = 1,
  ...more
}: Told = {}): CostSignal => {
  const [kind = '', name = ''] = of.split('/')
  return {
    t: 'cost',
    offsets: [offset],
    repeats: 1,
    toldAt,
    allocation: {
      source: 'opencost',
      involved: { kind, namespace: 'shop', name },
      from: AT - (ago + hours) * HOUR,
      to: AT - ago * HOUR,
      total,
      terms: { cpu: total },
      ...more,
    },
  }
}

const machineWith = (signals: readonly Signal[]): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
  for (const signal of signals) machine.apply(signal, SOURCE)
  return machine
}
const contextsOf = (...signals: Signal[]) => machineWith(signals).all(WATERMARK, []).contexts
const costIn = (...signals: Signal[]) => contextsOf(...signalsOf(boom), ...signals)[0]?.cost

describe('what an owner costs', () => {
  test('stands on its contexts, per hour, with the records that say so', () => {
    const [context] = contextsOf(
      ...signalsOf(boom),
      cost({
        hours: 2,
        currency: 'USD',
        total: 2.84,
        terms: { cpu: 1.8, memory: 1.04 },
        efficiency: 0.31,
        offset: 42,
      }),
    )
    expect(context?.cost).toEqual({
      source: 'opencost',
      currency: 'USD',
      perHour: 1.42,
      terms: { cpu: 0.9, memory: 0.52 },
      efficiency: 0.31,
      from: AT - 3 * HOUR,
      to: AT - HOUR,
      evidence: expect.any(String) as string,
    })
    expect(context?.evidence.at(-1)).toMatchObject({
      id: context?.cost?.evidence,
      kind: 'state',
      text: 'opencost: 1.42 USD per hour (cpu 0.9, memory 0.52, efficiency 31 %), 2026-11-20T22:30:00Z to 2026-11-21T00:30:00Z',
      object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      records: [{ ...SOURCE, offset: 42 }],
    })
  })

  test('changes nothing else: what is told with it is what is told without it', () => {
    const events = signalsOf(boom)
    const [bare] = contextsOf(...events)
    const [paid] = contextsOf(...events, cost(), cost({ of: 'Pod/x', total: 9 }))
    const { cost: paidCost, evidence, ...rest } = paid!
    expect({ ...rest, evidence: evidence.filter(({ id }) => id !== paidCost?.evidence) }).toEqual(
      bare,
    )
  })

  test('opens nothing, touches nobody and asks for no look', () => {
    const machine = machineWith([cost(), cost({ of: `Pod/${POD}` })])
    expect(machine.settle(WATERMARK, [])).toMatchObject({ contexts: [], nextDecisionAt: null })
    expect(machine.all(WATERMARK, [])).toEqual({ contexts: [], ignored: [] })
    expect([...machine.settle(WATERMARK + HOUR, []).fields.keys()]).toEqual([])
  })

  test('is that of the newest window; a telling of one window takes the place of the one before', () => {
    const old = cost({ ago: 3, total: 5 })
    const first = cost({ total: 7 })
    const again = cost({ total: 2, toldAt: AT + 1 })
    const daily = cost({ hours: 24, total: 24_000 })
    for (const signals of [
      [old, first, again, daily],
      [again, daily, first, old],
      [daily, again, again, old, first],
    ])
      expect(costIn(...signals)).toMatchObject({ perHour: 2, from: AT - 2 * HOUR })
  })

  test('is the sum of its pods, whatever tells whose they are', () => {
    const pods = [cost({ of: `Pod/${POD}` }), cost({ of: 'Pod/web-5d6b7c8d9f-zzzzz', total: 2 })]
    expect(costIn(...pods)).toMatchObject({ perHour: 3, terms: { cpu: 3 } })
    const replicaSet = cost({ of: 'ReplicaSet/web-5d6b7c8d9f', total: 4 })
    expect(costIn(replicaSet)).toMatchObject({ perHour: 4 })
    // Of the window before and of another owner.
    const others = [cost({ of: 'Pod/web-5d6b7c8d9f-kkkkk', ago: 2 }), cost({ of: 'Pod/db-0' })]
    expect(costIn(...pods, ...others)).toMatchObject({ perHour: 3 })
  })

  test('is said once: its pods may be part of what is told of their controller', () => {
    expect(costIn(cost({ total: 3 }), cost({ of: `Pod/${POD}` }))).toMatchObject({ perHour: 3 })
  })

  test('is found on a CronJob under the name of a Job, as OpenCost has it', () => {
    const [event] = signalsOf({
      ...boom,
      involvedObject: { kind: 'CronJob', namespace: 'shop', name: 'nightly' },
    })
    const paid = cost({ of: 'Job/nightly', total: 3 })
    expect(contextsOf(event!, paid)[0]?.cost).toMatchObject({ perHour: 3 })
    const [job] = signalsOf({
      ...boom,
      metadata: { name: 'j', namespace: 'shop', uid: 'j' },
      involvedObject: { kind: 'Job', namespace: 'shop', name: 'nightly' },
    })
    const contexts = contextsOf(event!, job!, paid)
    expect(contexts.map(({ owner, cost: of }) => [owner.kind, of?.perHour]).sort()).toEqual([
      ['CronJob', undefined],
      ['Job', 3],
    ])
  })

  test('moves with its owner when the truth comes', () => {
    const owner = { kind: 'Rollout', name: 'site', uid: 'r', controller: true }
    const set = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'web-5d6b7c8d9f',
        namespace: 'shop',
        uid: 'rs',
        creationTimestamp: iso(-600),
        ownerReferences: [owner],
      },
    }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: POD,
        namespace: 'shop',
        uid: 'pod',
        creationTimestamp: iso(-600),
        ownerReferences: [
          { kind: 'ReplicaSet', name: 'web-5d6b7c8d9f', uid: 'rs', controller: true },
        ],
      },
    }
    const machine = machineWith([...signalsOf(boom), cost({ of: `Pod/${POD}`, total: 3 })])
    expect(machine.all(WATERMARK, []).contexts[0]).toMatchObject({
      owner: { kind: 'Deployment' },
      cost: { perHour: 3 },
    })
    for (const signal of signalsOf(set, pod)) machine.apply(signal, SOURCE)
    expect(machine.all(WATERMARK, []).contexts[0]).toMatchObject({
      owner: { kind: 'Rollout', name: 'site' },
      cost: { perHour: 3 },
    })
  })

  test('is not told of a trouble a week after', () => {
    expect(costIn(cost({ ago: 7 * 24 - 1 }))).toBeDefined()
    expect(costIn(cost({ ago: 7 * 24 + 1 }))).toBeUndefined()
  })

  test('in two currencies is that of one', () => {
    const pods = [
      cost({ of: `Pod/${POD}`, currency: 'EUR' }),
      cost({ of: 'Pod/web-5d6b7c8d9f-zzzzz', currency: 'USD', total: 5 }),
    ]
    for (const told of [pods, pods.toReversed()])
      expect(costIn(...told)).toMatchObject({ currency: 'USD', perHour: 5 })
  })
})

describe('a newer window', () => {
  const publish = (machine: NamespaceMachine, at = WATERMARK) => machine.settle(at, []).contexts

  test('alone makes no new version, and is told with the next one', () => {
    const machine = machineWith([...signalsOf(boom), cost({ ago: 2 })])
    expect(publish(machine)).toMatchObject([{ cost: { perHour: 1 } }])
    machine.apply(cost({ total: 8 }), SOURCE)
    expect(publish(machine)).toEqual([])
    // Whatever has it looked at once more: it says nothing that was not said, but for the cost.
    const again = { ...boom, metadata: { name: 'n', namespace: 'shop', uid: 'n' }, reason: 'Noise' }
    for (const signal of signalsOf({ ...again, type: 'Normal' })) machine.apply(signal, SOURCE)
    expect(publish(machine)).toEqual([])
    for (const signal of signalsOf({ ...boom, count: 9 })) machine.apply(signal, SOURCE)
    expect(publish(machine)).toMatchObject([{ occurrenceCount: 9, cost: { perHour: 8 } }])
  })

  test('is no news to whom a pod of it that is written again is looked at for; the first one is', () => {
    const pod = (version: string) =>
      signalsOf({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: POD,
          namespace: 'shop',
          uid: 'p',
          resourceVersion: version,
          creationTimestamp: iso(-600),
        },
      })
    const machine = machineWith([
      ...pod('1'),
      ...signalsOf({
        ...boom,
        involvedObject: { kind: 'Pod', namespace: 'shop', name: POD, uid: 'p' },
      }),
    ])
    expect(publish(machine)).toHaveLength(1)
    machine.apply(cost({ of: `Pod/${POD}` }), SOURCE)
    for (const signal of pod('2')) machine.apply(signal, SOURCE)
    expect(publish(machine)).toMatchObject([{ cost: { perHour: 1 } }])
    machine.apply(cost({ of: `Pod/${POD}`, ago: 0, total: 5 }), SOURCE)
    for (const signal of pod('3')) machine.apply(signal, SOURCE)
    expect(publish(machine)).toEqual([])
  })
})

const aTelling: fc.Arbitrary<CostSignal> = fc
  .record({
    of: fc.constantFrom(
      'Deployment/web',
      `Pod/${POD}`,
      'Pod/web-5d6b7c8d9f-zzzzz',
      'Job/j',
      'Pod/__proto__',
    ),
    hours: fc.constantFrom(1, 2, 24),
    ago: fc.integer({ min: 0, max: 60 }),
    toldAt: fc.nat(2),
    total: fc.double({ min: 0, max: 1e9, noNaN: true }),
    offset: fc.nat(9),
  })
  .map(cost)

test('whatever the order, the repeats, the batches and a reload, the same is kept and told', () => {
  fc.assert(
    fc.property(
      fc.array(aTelling, { maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      (told, dice) => {
        const events = signalsOf(boom)
        const straight = machineWith([...events, ...told])
        const shuffled = [...told, ...told]
          .map((signal) => ({ signal, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ signal }) => signal)
        const other = machineWith([])
        for (const signal of [...shuffled, ...events]) {
          other.apply(signal, SOURCE)
          other.settle(null, [])
        }
        const fields = (machine: NamespaceMachine) =>
          [...machine.snapshot()]
            .filter(([name, text]) => name.startsWith('c:') && text !== '')
            .sort()
        const kept = fields(straight)
        expect(fields(other)).toEqual(kept)
        const contexts = straight.all(WATERMARK, []).contexts
        expect(other.all(WATERMARK, []).contexts.map((c) => c.cost)).toEqual(
          contexts.map((c) => c.cost),
        )
        const loaded = machineWith([])
        loaded.load([...kept], [{ source: SOURCE, signals: [...events, ...told] }])
        expect(loaded.all(WATERMARK, []).contexts).toEqual(contexts)
      },
    ),
  )
})

test('so many are kept, those that ended last, and it is said that there may be more', () => {
  const many = Array.from({ length: MAX_COSTS + 50 }, (_, i) =>
    cost({ of: `Pod/one-${String(i).padStart(5, '0')}`, ago: i < 25 ? 2 : 1 }),
  )
  for (const order of [many, many.toReversed()]) {
    const machine = machineWith([...signalsOf(boom), ...order, cost({ ago: 0 })])
    const names = [...machine.snapshot()].filter(([n, text]) => n.startsWith('c:') && text !== '')
    expect(names).toHaveLength(MAX_COSTS)
    expect(names.map(([name]) => name)).not.toContain('c:Pod/one-00007')
    expect(names.map(([name]) => name)).toContain(`c:Pod/one-0${MAX_COSTS + 49}`)
    expect(machine.all(WATERMARK, []).contexts[0]?.cost).toMatchObject({ atLeast: true })
  }
  expect(costIn(cost())).not.toHaveProperty('atLeast')
})

test('what was not told of for a day, while others were, is forgotten', () => {
  const machine = machineWith([cost({ of: 'Pod/gone', ago: 30 }), cost({ ago: 5 })])
  const fields = machine.snapshot()
  expect(fields.get('c:Pod/gone')).toBe('')
  machine.apply(cost({ of: 'Pod/gone', ago: 30 }), SOURCE)
  expect([...machine.snapshot().keys()]).toEqual([])
})
