import type { Sketch } from './build-context.ts'
import { BACKOFF, created, rollout } from './rows.ts'

/** What happened, the context, commands that must be advised, and those that must not be. */
type RollbackRow = readonly [what: string, sketch: Sketch, says: RegExp, not: RegExp]

const image = (from: string, to: string) => [{ path: 'containers[app].image', from, to }]
const replicaSet = (from: string | null, to: string) => [{ path: 'replicaSet', from, to }]
const bad = { ...rollout, fields: image('1.0', '1.1') }
const back = {
  kind: 'rollout',
  rollback: true,
  fromRevision: '2',
  summary: 'rolled back: image 1.1 -> 1.0',
  fields: image('1.1', '1.0'),
} as const
const again = {
  ...back,
  fromRevision: '3',
  summary: 'rolled back: image 1.0 -> 1.1',
  fields: bad.fields,
}
const crash = { events: [BACKOFF], terminations: [['Error', 1]] } as const
const NEVER = /(?!)/
const CHANGES = /rollout undo|set image|set resources|edit |create /
const WAIT = /rollout status deployment\/checkout --timeout=60s/

export const rollbacks: readonly RollbackRow[] = [
  ['a bad rollout', { ...crash, change: bad }, /undo deployment\/checkout --to-revision=1/, WAIT],
  ['one that was rolled back', { ...crash, change: bad, later: [back] }, WAIT, CHANGES],
  [
    'one that was rolled back and came again',
    { ...crash, change: bad, later: [back, again] },
    /undo deployment\/checkout$/m,
    WAIT,
  ],
  [
    'one that another followed, which is no roll-back',
    { ...crash, change: bad, later: [{ kind: 'rollout', fields: image('1.1', '1.2') }] },
    /undo deployment\/checkout --to-revision=1/,
    WAIT,
  ],
  [
    'a rollout by Events alone, of a ReplicaSet after another',
    { ...crash, change: { kind: 'rollout', fields: replicaSet('web-a', 'web-b') } },
    /undo deployment\/checkout$/m,
    WAIT,
  ],
  [
    'what by Events alone may be the first deployment: nothing ran before',
    { ...crash, change: { kind: 'rollout', fields: replicaSet(null, 'web-a') } },
    /logs checkout/,
    /undo/,
  ],
  [
    'a roll-back by Events alone',
    {
      ...crash,
      change: { kind: 'rollout', fields: replicaSet('web-a', 'web-b') },
      later: [{ kind: 'rollout', rollback: true, fields: replicaSet('web-b', 'web-a') }],
    },
    WAIT,
    CHANGES,
  ],
  [
    'another after it, by rollouts that name nothing: the revision before may be the bad one',
    { ...crash, change: { kind: 'rollout' }, later: [{ kind: 'rollout' }] },
    /logs checkout/,
    /undo/,
  ],
  [
    'a roll-back and then something new: the number of the good revision is not known',
    { ...crash, change: bad, later: [back, { kind: 'rollout', fields: image('1.0', '1.2') }] },
    /logs checkout/,
    /undo/,
  ],
  [
    'a roll-back that only the numbers of the revisions tell',
    { ...crash, change: { ...bad, fromRevision: '3', toRevision: '2' } },
    WAIT,
    CHANGES,
  ],
  [
    'a wrong image that was rolled back',
    {
      problem: 'ImagePull',
      events: ['Failed: Failed to pull image "a:2": a:2: not found'],
      change: bad,
      later: [back],
    },
    WAIT,
    CHANGES,
  ],
  [
    'a missing ConfigMap that a rollout needed, and that was rolled back',
    {
      problem: 'VolumeMount',
      events: ['FailedMount: configmap "app-config" not found'],
      change: bad,
      later: [back],
    },
    WAIT,
    CHANGES,
  ],
  [
    'a lowered limit that was rolled back',
    {
      problem: 'OutOfMemory',
      events: [BACKOFF],
      terminations: [['OOMKilled', 137]],
      change: { ...rollout, fields: [{ path: 'limits.memory', from: '128Mi', to: '64Mi' }] },
      later: [{ ...back, fields: [{ path: 'limits.memory', from: '64Mi', to: '128Mi' }] }],
    },
    WAIT,
    CHANGES,
  ],
  [
    'a scaling after a bad rollout',
    { ...crash, change: bad, later: [{ kind: 'scale' }] },
    /undo/,
    WAIT,
  ],
  [
    'kills of old pods beside a rollout that was rolled back',
    {
      problem: 'OutOfMemory',
      events: [BACKOFF],
      terminations: [['OOMKilled', 137]],
      change: { ...bad, failingPodsAreNew: false },
      later: [back],
    },
    /set resources/,
    WAIT,
  ],
  ['a first deploy', { ...crash, change: created }, /logs checkout/, /undo/],
  ['no change at all', crash, /logs checkout/, NEVER],
]
