import type { SlimObject } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import { changesOf } from './changes.ts'
import { eventFact, type EventFact } from './event-fact.ts'
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
  const own = (updatedAt?: number, message?: string): ObjectFact => {
    const fact = seen({ ...undone, revision: '3', at: T0 + 10 * MINUTE })
    const { workload } = fact.object
    const progressing = {
      status: 'True',
      ...(updatedAt === undefined ? {} : { updatedAt }),
      ...(message === undefined ? {} : { message }),
    }
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
  const scaled = (uid: string, message: string, at: number): EventFact =>
    eventFact(
      {
        event: {
          uid,
          involved: { kind: 'Deployment', namespace: 'shop', name: 'web' },
          reason: 'ScalingReplicaSet',
          type: 'Normal',
          message,
          firstAt: at,
        },
        tellings: [{ n: 1, at, offset: 1, repeats: 1 }],
      },
      { topic: 'otel-logs', partition: 0 },
    )

  test('tell the failing revision and the roll-back: the older one has the higher number, since the Deployment last progressed', () => {
    const [failing, back] = rolloutsOf(own(undone.at), [older, newer], Infinity)
    expect(failing).toMatchObject({ at: bad.at, toRevision: '2' })
    expect(failing).not.toHaveProperty('rollback')
    expect(back).toMatchObject({
      at: undone.at,
      rollback: true,
      fromRevision: '2',
      toRevision: '3',
    })
  })

  test('know the former numbers of one that was rolled back to, where it has kept them', () => {
    const kept: ObjectFact = {
      ...older,
      object: {
        ...older.object,
        annotations: { 'deployment.kubernetes.io/revision-history': '1' },
      },
    }
    const [failing] = rolloutsOf(own(undone.at), [kept, newer], Infinity)
    expect(failing).toMatchObject({ fromRevision: '1', toRevision: '2' })
  })

  test('do not date a roll-back by the progress of another ReplicaSet', () => {
    const stale = own(bad.at + 1000, 'ReplicaSet "web-b" has successfully progressed.')
    const all = rolloutsOf(stale, [older, newer], Infinity)
    expect(all).toMatchObject([{ at: bad.at }])
    expect(all).toHaveLength(1)
  })

  test('are dated by the Event that tells of the roll-back', () => {
    const stale = own(bad.at + 1000, 'ReplicaSet "web-b" has successfully progressed.')
    const { changes } = changesOf(
      {
        own: stale,
        replicaSets: [older, newer],
        rolloutEvents: [
          scaled('1', 'Scaled up replica set web-b from 0 to 1', bad.at),
          scaled('2', 'Scaled down replica set web-b from 1 to 0', undone.at),
          scaled('3', 'Scaled up replica set web-a from 0 to 1', T0 - 30 * MINUTE),
        ],
      },
      { firstAt: T0, endedAt: Infinity },
      [],
    )
    expect(changes.filter((c) => c.kind === 'rollout')).toMatchObject([
      { at: bad.at, summary: 'image web:1 -> web:2' },
      { at: undone.at, rollback: true },
    ])
  })

  test('say with which image a Deployment was made, which its version of today does not', () => {
    const changed = set('web-b', 'web:2', '2', bad.at)
    const first = set('web-a', 'web:1', '1', T0 - 30 * MINUTE)
    const now = seen({ generation: 2, image: 'web:2', revision: '2', at: T0 })
    const summary = (sets: readonly ObjectFact[]) =>
      changesOf(
        { ...nothing, own: now, replicaSets: sets },
        { firstAt: T0, endedAt: Infinity },
        [],
      ).changes.find((c) => c.kind === 'created')?.summary
    expect(summary([first, changed])).toBe('created with image web:1')
    expect(summary([])).toBe('created')
  })

  test('tell by their numbers alone that the failing revision was left, when nobody says since when', () => {
    const all = rolloutsOf(own(), [older, newer], Infinity)
    expect(all).toMatchObject([{ at: bad.at, fromRevision: '3', toRevision: '2' }])
    expect(all).toHaveLength(1)
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
