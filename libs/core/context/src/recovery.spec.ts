import type { Catalogue, Recovery } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import {
  AT,
  at,
  catalogueOf,
  deployment,
  gone,
  iso,
  POD,
  sceneOf,
  symptom,
  thing,
  type Sight,
} from './scene.spec-helper.ts'

type How = Catalogue['problems'][number]['recovery']

/** How the last stretch of a problem ended, by what was known so many seconds after its first symptom. */
const endOf = (
  sights: readonly Sight[],
  known: number,
  { recovery = 'workload', namespace = 'shop' }: { recovery?: How; namespace?: string } = {},
): (Recovery & { seconds: number }) | null => {
  const base = catalogueOf(['Trouble'], recovery)
  const problems = base.problems.map((problem) => ({
    ...problem,
    states: [{ state: 'condition' as const, value: ['MemoryPressure=True'], kind: ['Node'] }],
  }))
  const catalogue = { ...base, problems }
  const [context, ...more] = sceneOf(sights, {
    catalogue,
    namespace,
    watermark: AT + known * 1_000,
  })
  expect(more).toEqual([])
  const end = context!.spells.at(-1)!.recovery
  return end === null ? null : { ...end, seconds: (end.at - AT) / 1_000 }
}

const trouble = symptom('Trouble')

/** A Deployment of two, of which so many are of the newest revision. */
const rolling = (
  seconds: number,
  status: { updated?: number; ready?: number; replicas?: number; observed?: number },
  conditions: object[] = [],
): Sight => {
  const { updated = 2, ready = 2, replicas = 2, observed = 2 } = status
  return at(seconds, {
    ...deployment('web', { generation: 2 }),
    status: {
      observedGeneration: observed,
      replicas,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: ready,
      conditions,
    },
  })
}

describe('a workload is well again as `kubectl rollout status` means it', () => {
  test('not while a stalled roll-out has all its old pods ready, however long', () => {
    const stalled = [trouble, rolling(-10, { updated: 1, replicas: 3 })]
    for (const seconds of [100, 3_500, 20_000]) expect(endOf(stalled, seconds)).toBeNull()
  })

  test.each<[string, Sight]>([
    ['too few are of the newest revision', rolling(20, { updated: 1 })],
    ['old ones are still there', rolling(20, { replicas: 3 })],
    ['one is not ready', rolling(20, { ready: 1 })],
    ['the newest spec was not seen', rolling(20, { observed: 1 })],
    ['it does not get on', rolling(20, {}, [{ type: 'Progressing', status: 'False' }])],
    ['pods cannot be made', rolling(20, {}, [{ type: 'ReplicaFailure', status: 'True' }])],
  ])('not while %s', (_, sight) => {
    expect(endOf([trouble, rolling(-10, { ready: 0 }), sight], 1_000)).toBeNull()
  })

  test('when all are of it, ready and available, and it stays so', () => {
    const sights = [trouble, rolling(-10, { updated: 1, replicas: 3 }), rolling(40, {})]
    expect(endOf(sights, 99)).toBeNull()
    expect(endOf(sights, 100)).toMatchObject({
      seconds: 40,
      by: 'recovered',
      why: expect.stringMatching(
        /^2 of 2 replicas are updated, ready and available, stable for 60 s/,
      ) as string,
    })
    expect(endOf([...sights, rolling(70, { ready: 1 })], 1_000)).toBeNull()
  })

  test('and not by silence, while it is known to be unwell', () => {
    expect(endOf([trouble, rolling(-10, { ready: 1 })], 100_000)).toBeNull()
    expect(endOf([trouble], 3_604)).toBeNull()
    expect(endOf([trouble], 3_605)).toMatchObject({ by: 'ttl', seconds: 3_605 })
  })
})

describe('of other kinds', () => {
  const job = (name: string, seconds: number, type: string): Sight =>
    at(
      seconds,
      thing(
        'Job',
        name,
        {
          spec: {},
          status: { conditions: [{ type, status: 'True', lastTransitionTime: iso(seconds) }] },
        },
        {
          meta: name.startsWith('nightly')
            ? {
                ownerReferences: [{ kind: 'CronJob', name: 'nightly', uid: 'c', controller: true }],
              }
            : {},
        },
      ),
    )

  test('a Job that failed never is; one that completed after a failed pod is', () => {
    const failed = symptom('Trouble', { kind: 'Job', name: 'report' })
    const how = { recovery: 'job' } as const
    expect(endOf([failed, job('report', 10, 'Failed')], 100_000, how)).toBeNull()
    expect(endOf([failed, job('report', 10, 'Complete')], 100, how)).toMatchObject({
      by: 'recovered',
      seconds: 10,
    })
  })

  test('a CronJob is when a later run has completed, and not when that failed, too', () => {
    const failed = symptom('Trouble', { kind: 'CronJob', name: 'nightly' })
    const runs = [job('nightly-29391901', 1, 'Failed'), job('nightly-29391902', 60, 'Complete')]
    expect(endOf([failed, ...runs], 200, { recovery: 'job' })).toMatchObject({
      by: 'recovered',
      seconds: 60,
    })
    const again = [runs[0]!, job('nightly-29391902', 60, 'Failed')]
    expect(endOf([failed, ...again], 200, { recovery: 'job' })).toBeNull()
  })

  test.each<[string, object, object]>([
    ['PersistentVolumeClaim', { phase: 'Pending' }, { phase: 'Bound' }],
    [
      'HorizontalPodAutoscaler',
      { conditions: [{ type: 'ScalingActive', status: 'False' }] },
      { conditions: [{ type: 'ScalingActive', status: 'True' }] },
    ],
    [
      'Certificate',
      { conditions: [{ type: 'Ready', status: 'False' }] },
      { conditions: [{ type: 'Ready', status: 'True' }] },
    ],
  ])('a %s is when it says so', (kind, unwell, well) => {
    const says = (seconds: number, status: object): Sight =>
      at(seconds, thing(kind, 'data', { status }))
    const failed = symptom('Trouble', { kind, name: 'data' })
    expect(endOf([failed, says(-10, unwell)], 100_000, { recovery: 'condition' })).toBeNull()
    expect(
      endOf([failed, says(-10, unwell), says(30, well)], 100, { recovery: 'condition' }),
    ).toMatchObject({ by: 'recovered', seconds: 30 })
  })

  test('what no state proves is over by silence alone', () => {
    const sights = [trouble, rolling(-10, {}), rolling(20, {})]
    expect(endOf(sights, 3_000, { recovery: 'none' })).toBeNull()
    expect(endOf(sights, 4_000, { recovery: 'none' })).toMatchObject({ by: 'ttl' })
  })
})

describe('a node', () => {
  const node = (seconds: number, ready: string, pressure: [string, number]): Sight =>
    at(
      seconds,
      thing(
        'Node',
        'n',
        {
          status: {
            conditions: [
              { type: 'Ready', status: ready, lastTransitionTime: iso(seconds) },
              { type: 'MemoryPressure', status: pressure[0], lastTransitionTime: iso(pressure[1]) },
            ],
          },
        },
        { namespace: '' },
      ),
    )
  const said = symptom('Trouble', { kind: 'Node', name: 'n', namespace: '' })
  const nodes = { namespace: '' }

  test('that was lost is well when it is Ready again', () => {
    const sights = [said, node(0, 'Unknown', ['False', -9_000])]
    const how = { ...nodes, recovery: 'node' } as const
    expect(endOf(sights, 100_000, how)).toBeNull()
    expect(endOf([...sights, node(50, 'True', ['False', -9_000])], 200, how)).toMatchObject({
      by: 'recovered',
      seconds: 50,
    })
  })

  test('under pressure is well when the pressure has gone, not because it is Ready', () => {
    const how = { ...nodes, recovery: 'condition' } as const
    const pressed = [said, node(0, 'True', ['True', 0])]
    // Ready all the time, and silent for longer than the time to live.
    expect(endOf(pressed, 100_000, how)).toBeNull()
    expect(endOf([...pressed, node(90, 'True', ['False', 80])], 200, how)).toMatchObject({
      by: 'recovered',
      seconds: 80,
      why: expect.stringContaining('the node says MemoryPressure no longer') as string,
    })
    const again = [...pressed, node(90, 'True', ['False', 80]), node(120, 'True', ['True', 110])]
    expect(endOf(again, 100_000, how)).toBeNull()
  })

  test('that was never under pressure proves nothing by having none', () => {
    const sights = [said, node(0, 'True', ['False', -9_000])]
    const how = { ...nodes, recovery: 'condition' } as const
    expect(endOf(sights, 3_000, how)).toBeNull()
    expect(endOf(sights, 4_000, how)).toMatchObject({ by: 'ttl' })
  })
})

describe('what is deleted', () => {
  test('ends with its owner, when the watermark has passed that', () => {
    const sights = [trouble, rolling(-10, { ready: 0 }), gone(50, deployment('web'))]
    expect(endOf(sights, 49)).toBeNull()
    expect(endOf(sights, 51)).toMatchObject({ by: 'owner_deleted', seconds: 50 })
  })

  test('ends a minute after the last of what it controlled, where it was never seen itself', () => {
    const pod = thing(
      'Pod',
      POD,
      { spec: {}, status: {} },
      {
        meta: {
          ownerReferences: [
            { kind: 'ReplicaSet', name: 'web-5d6b7c8d9f', uid: 'rs', controller: true },
          ],
        },
      },
    )
    const sights = [trouble, at(-10, pod), gone(50, pod)]
    expect(endOf(sights, 109)).toBeNull()
    expect(endOf(sights, 110)).toMatchObject({ by: 'owner_deleted', seconds: 50 })
  })
})
