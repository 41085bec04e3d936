import type { SlimObject } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import { changesOf } from './changes.ts'
import { joinObject, objectFact, type ObjectFact } from './object-fact.ts'

const T0 = Date.UTC(2026, 10, 21, 1)
const MINUTE = 60_000

interface Version {
  readonly generation: number
  readonly image: string
  readonly revision: string
  readonly at: number
}

const workloadOf = (image: string, revision: string): NonNullable<SlimObject['workload']> => ({
  desired: 3,
  observedGeneration: 1,
  replicas: 3,
  updated: 3,
  ready: 3,
  available: 3,
  conditions: {},
  revision,
  template: { 'containers.web.image': image },
})

const object = (kind: string, name: string, more: Partial<SlimObject>): SlimObject => ({
  kind,
  apiVersion: 'apps/v1',
  namespace: 'shop',
  name,
  uid: `uid-${name}`,
  rv: '1',
  labels: {},
  annotations: {},
  owners: [],
  ...more,
})

let rv = 0
const seen = ({ generation, image, revision, at }: Version): ObjectFact =>
  objectFact(
    {
      t: 'object',
      offsets: [1],
      repeats: 1,
      observedAt: at,
      object: object('Deployment', 'web', {
        rv: String(++rv),
        createdAt: T0 - 60 * MINUTE,
        generation,
        workload: workloadOf(image, revision),
      }),
    },
    (offset) => ({ topic: 'otel-logs', partition: 0, offset }),
  )

const deployment = (versions: readonly Version[]): ObjectFact =>
  versions.map(seen).reduce((a, b) => joinObject(a, b))

const good = { generation: 1, image: 'web:1', revision: '1', at: T0 - 30 * MINUTE }
const bad = { generation: 2, image: 'web:2', at: T0 - 10_000 }
const undone = { generation: 3, image: 'web:1', at: T0 + 5 * MINUTE }
const nothing = { replicaSets: [], rolloutEvents: [] }

const rolloutsOf = (own: ObjectFact, replicaSets: readonly ObjectFact[], endedAt: number) =>
  changesOf({ ...nothing, own, replicaSets }, { firstAt: T0, endedAt }, []).changes.filter(
    ({ kind }) => kind === 'rollout',
  )

describe('a rollout that the controller numbers after it is stored', () => {
  const own = deployment([
    good,
    { ...bad, revision: '1' },
    { ...bad, revision: '2', at: bad.at + 50 },
    { ...undone, revision: '2' },
    { ...undone, revision: '3', at: undone.at + 50 },
  ])

  test('has the number before and its own, and is in force since it was first seen', () => {
    const [first] = rolloutsOf(own, [], Infinity)
    expect(first).toMatchObject({ at: bad.at, fromRevision: '1', toRevision: '2' })
  })

  test('is undone by a roll-back after the last symptom, as long as the trouble has not ended', () => {
    const [, second] = rolloutsOf(own, [], Infinity)
    expect(second).toMatchObject({ rollback: true, fromRevision: '2', toRevision: '3' })
    expect(rolloutsOf(own, [], T0 + MINUTE)).toHaveLength(1)
  })

  test('keeps its number in whichever order it was seen', () => {
    const late = deployment([
      { ...bad, revision: '10', at: bad.at + 50 },
      { ...bad, revision: '9' },
    ])
    expect(late.revisions).toMatchObject([{ at: bad.at, revision: '10' }])
  })
})

describe('ReplicaSets alone', () => {
  const set = (name: string, image: string, revision: string, createdAt: number): ObjectFact =>
    objectFact(
      {
        t: 'object',
        offsets: [1],
        repeats: 1,
        observedAt: T0,
        object: object('ReplicaSet', name, { createdAt, workload: workloadOf(image, revision) }),
      },
      (offset) => ({ topic: 'otel-logs', partition: 0, offset }),
    )
  const own = (updatedAt?: number): ObjectFact => {
    const fact = seen({ ...good, at: T0 + 10 * MINUTE })
    const { workload } = fact.object
    const progressing = { status: 'True', ...(updatedAt === undefined ? {} : { updatedAt }) }
    return {
      ...fact,
      object: {
        ...fact.object,
        workload: { ...workload!, conditions: { Progressing: progressing } },
      },
    }
  }
  const older = set('web-a', 'web:1', '3', T0 - 30 * MINUTE)
  const newer = set('web-b', 'web:2', '2', bad.at)

  test('tell a roll-back: the older one has the higher number, since the Deployment last progressed', () => {
    const [change] = rolloutsOf(own(undone.at), [older, newer], Infinity)
    expect(change).toMatchObject({
      at: undone.at,
      rollback: true,
      fromRevision: '2',
      toRevision: '3',
    })
  })

  test('tell no time of a roll-back that nobody says: then none is told', () => {
    expect(rolloutsOf(own(), [older, newer], Infinity)).toEqual([])
  })

  test('tell a rollout by their numbers and times', () => {
    const [change] = rolloutsOf(
      own(),
      [set('web-a', 'web:1', '1', T0 - 30 * MINUTE), newer],
      Infinity,
    )
    expect(change).toMatchObject({ at: bad.at, fromRevision: '1', toRevision: '2' })
    expect(change).not.toHaveProperty('rollback')
  })
})
