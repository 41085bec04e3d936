import { incidentKey, type Analysis, type Context, type Spell } from '@kubesift/contracts'
import { incidentIdOf } from './ids.ts'

/** For tests of this package and of those that build on it: builders whose arguments say only what matters. */
export const T0 = 1_763_690_000_000
const MINUTE = 60_000

/** An opened stretch of activity from minute to minute (of {@link T0}); recovered at `recoveredAt`. */
export const aSpell = (
  fromMinute: number,
  toMinute: number,
  recoveredAt?: number,
  overrides: Partial<Spell> = {},
): Spell => ({
  from: T0 + fromMinute * MINUTE,
  to: T0 + toMinute * MINUTE,
  openedAt: T0 + fromMinute * MINUTE,
  count: 1 + toMinute - fromMinute,
  recovery:
    recoveredAt === undefined
      ? null
      : {
          at: T0 + recoveredAt * MINUTE,
          by: 'recovered',
          why: 'all replicas ready through the stability window',
        },
  ...overrides,
})

/** A context of `shop/checkout` in a crash loop, consistent with its spells. */
export const aContext = (
  overrides: Partial<Context> & { readonly name?: string } = {},
): Context => {
  const { name = 'checkout', ...rest } = overrides
  const { cluster = 'c1', namespace = 'shop', problem = 'CrashLoop' } = rest
  const spells = rest.spells ?? [aSpell(0, 4)]
  const firstSeenAt = spells[0]?.from ?? T0
  const lastSeenAt = spells.at(-1)?.to ?? T0
  const count = spells.reduce((sum, s) => sum + s.count, 0)
  return {
    key: incidentKey({ cluster, namespace, kind: 'Deployment', name, problem }),
    version: { epoch: 1, offset: 1 },
    cluster,
    namespace,
    owner: { kind: 'Deployment', name, by: 'objects' },
    problem,
    title: `Containers of ${name} crash and restart`,
    severity: 'P2',
    severityTerms: [],
    reasons: [
      {
        reason: 'BackOff',
        type: 'Warning',
        source: 'event',
        count,
        uids: 1,
        quality: 'exact',
        firstAt: firstSeenAt,
        lastAt: lastSeenAt,
        message: 'Back-off restarting failed container',
      },
    ],
    occurrenceCount: count,
    countQuality: 'exact',
    firstSeenAt,
    lastSeenAt,
    objects: [{ kind: 'Pod', namespace, name: `${name}-6d4f8c9b7-x2x4z` }],
    objectsTotal: 1,
    changes: [],
    states: { waiting: [], terminations: [], restarts: 0, notReady: 1, pods: 1 },
    evidence: [],
    spells,
    gaps: [],
    facets: [],
    touches: [],
    cause: { topic: 'signals', partition: 0, offset: rest.version?.offset ?? 1 },
    rulesHash: 'rules',
    watermark: null,
    ...rest,
  }
}

/** A known's analysis of the first episode of a context. */
export const anAnalysis = (context: Context, overrides: Partial<Analysis> = {}): Analysis => ({
  incidentId: incidentIdOf(context.key, 1),
  key: context.key,
  contextVersion: context.version,
  by: 'known',
  rule: 'bad-rollout',
  rulesHash: 'knowns',
  class: 'application',
  cause: 'bad-rollout',
  hypothesis: 'The newest rollout does not start',
  confidence: 0.9,
  confidenceReasons: [],
  evidence: ['e1'],
  recommendations: [{ text: 'Roll back', command: 'kubectl rollout undo deployment/checkout' }],
  at: context.lastSeenAt,
  ...overrides,
})
