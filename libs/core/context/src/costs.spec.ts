import { describe, expect, test } from 'vitest'
import { AT, boom, iso, POD, SOURCE } from './add-ons.spec-helper.ts'
import {
  contextsOf,
  cost,
  costIn,
  HOUR,
  machineWith,
  signalsOf,
  WATERMARK,
} from './costs.spec-helper.ts'
import type { NamespaceMachine } from './machine.ts'

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
