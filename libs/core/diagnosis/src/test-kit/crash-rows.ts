import { BACKOFF, created, rollout, type Row } from './rows.ts'

export const crashes: readonly Row[] = [
  [
    'a rollout that crashes',
    { events: [BACKOFF], terminations: [['Error', 1]], change: rollout },
    'crash-after-rollout',
    'bad-rollout',
  ],
  [
    'a first deploy that crashes',
    { events: [BACKOFF], terminations: [['Error', 1]], change: created },
    'crash-after-rollout',
    'bad-rollout',
  ],
  [
    'a crash without a change',
    { events: [BACKOFF], terminations: [['Error', 1]] },
    'crash-own-error',
    'app-crash',
  ],
  [
    'a crash of old pods beside a rollout',
    {
      events: [BACKOFF],
      terminations: [['Error', 2]],
      change: { ...rollout, failingPodsAreNew: false },
    },
    'crash-own-error',
    'app-crash',
  ],
  [
    'a rollout long before the crash',
    { events: [BACKOFF], terminations: [['Error', 1]], change: { ...rollout, distanceMs: 9e7 } },
    'crash-own-error',
    'app-crash',
  ],
  [
    'a roll-back after the crash began',
    {
      events: [BACKOFF],
      terminations: [['Error', 1]],
      change: { ...rollout, distanceMs: -60_000 },
    },
    'crash-own-error',
    'app-crash',
  ],
  [
    'an edited ConfigMap',
    {
      events: [BACKOFF],
      terminations: [['Error', 1]],
      change: { kind: 'config', object: { kind: 'ConfigMap', namespace: 'shop', name: 'app' } },
    },
    'crash-after-config-change',
    'config-change',
  ],
  [
    'a command that is not there',
    {
      events: [
        BACKOFF,
        'Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/nope": stat /nope: no such file or directory: unknown',
      ],
      terminations: [['StartError', 128]],
      change: created,
    },
    'command-not-found',
    'bad-rollout',
  ],
  [
    'a postStart hook',
    {
      events: [
        BACKOFF,
        'FailedPostStartHook: PostStartHook failed',
        'Killing: FailedPostStartHook',
      ],
      terminations: [['Completed', 0]],
      change: created,
    },
    'post-start-hook-failed',
    'bad-rollout',
  ],
  [
    'exit code 127',
    { events: [BACKOFF], terminations: [['Error', 127]] },
    'crash-exit-config',
    'app-crash',
  ],
  [
    'exit code 126',
    { events: [BACKOFF], terminations: [['Error', 126]] },
    'crash-exit-config',
    'app-crash',
  ],
  [
    'exit code 139',
    { events: [BACKOFF], terminations: [['Error', 139]] },
    'crash-segfault',
    'app-crash',
  ],
  [
    'exit code 137',
    { events: [BACKOFF], terminations: [['Error', 137]] },
    'crash-killed',
    'app-crash',
  ],
  [
    'exit code 143',
    { events: [BACKOFF], terminations: [['Error', 143]] },
    'crash-terminated',
    'app-crash',
  ],
  [
    'exit code 0',
    { events: [BACKOFF], terminations: [['Completed', 0]] },
    'crash-ends-well',
    'app-crash',
  ],
  ['a back-off alone', { events: [BACKOFF] }, 'crash-unclear', 'unknown'],
]

const lowered = {
  ...rollout,
  fields: [{ path: 'containers[app].resources.limits.memory', from: '128Mi', to: '64Mi' }],
}
export const memory: readonly Row[] = [
  [
    'a limit lowered by the rollout',
    {
      problem: 'OutOfMemory',
      events: [BACKOFF],
      terminations: [['OOMKilled', 137]],
      change: lowered,
    },
    'oom-limit-lowered',
    'oom-limit',
  ],
  [
    'the same behind an older crash loop',
    {
      problem: 'CrashLoop',
      events: [BACKOFF],
      terminations: [['OOMKilled', 137]],
      change: lowered,
    },
    'oom-limit-lowered',
    'oom-limit',
  ],
  [
    'a limit raised by the rollout',
    {
      problem: 'OutOfMemory',
      events: [BACKOFF],
      terminations: [['OOMKilled', 137]],
      change: { ...rollout, fields: [{ ...lowered.fields[0]!, from: '32Mi' }] },
    },
    'oom-after-rollout',
    'oom-leak',
  ],
  [
    'no change at all',
    { problem: 'OutOfMemory', events: [BACKOFF], terminations: [['OOMKilled', 137]] },
    'oom-killed',
    'oom-limit',
  ],
]
