import { expect, test } from 'vitest'
import { standingOfGroup, subjectOfGroup, type Member } from './members.ts'
import type { Standing } from './standing.ts'
import { subjectOf } from './subject.ts'
import { incidentOf } from './testing/build-incident.ts'

const member = (
  name: string,
  standing: Partial<Standing>,
  isPrimary = false,
  since = 0,
): Member => ({
  isPrimary,
  standing: { phase: 'open', severity: 'P3', reopenCount: 0, ...standing },
  subject: {
    ...subjectOf(incidentOf({ id: name, resourceName: name })),
    firstSeenAt: 1_000 + since,
    lastSeenAt: 5_000 + since,
    resolvedAt: standing.phase === 'ended' ? 9_000 + since : null,
  },
})

test('a group is as bad as the worst that goes on in it', () => {
  expect(
    standingOfGroup([
      member('a', { severity: 'P1', phase: 'ended' }),
      member('b', { severity: 'P2' }),
    ]),
  ).toEqual({ phase: 'open', severity: 'P2', reopenCount: 1 })
  expect(
    standingOfGroup([
      member('a', { severity: 'P1', phase: 'ended' }),
      member('b', { phase: 'ended' }),
    ]),
  ).toMatchObject({ phase: 'ended', severity: 'P1' })
})

test('one that begins after the group was over is news, like one that came back', () => {
  const before = standingOfGroup([member('a', { phase: 'ended' })])
  const after = standingOfGroup([member('a', { phase: 'ended' }), member('b', {})])
  expect(after.reopenCount).toBeGreaterThan(before.reopenCount)
  expect(standingOfGroup([member('a', { reopenCount: 1 })]).reopenCount).toBe(1)
})

test('its notice is told by the cause, since the first symptom, until the last end', () => {
  const said = subjectOfGroup([
    member('caller', { phase: 'ended' }, false, 0),
    member('cause', { phase: 'ended' }, true, 500),
  ])
  expect(said).toMatchObject({
    incidentId: 'cause',
    firstSeenAt: 1_000,
    lastSeenAt: 5_500,
    resolvedAt: 9_500,
    others: ['shop/Deployment/caller (CrashLoop)'],
    othersTotal: 1,
  })
  expect(subjectOfGroup([])).toBeUndefined()
})

test('of many others only some are named, and all are counted', () => {
  const said = subjectOfGroup(Array.from({ length: 30 }, (_, i) => member(`m${i}`, {}, i === 0, i)))
  expect(said?.others).toHaveLength(8)
  expect(said?.othersTotal).toBe(29)
})
