import type { Incident } from '@kubesift/contracts'

const T0 = 1_795_222_800_000

/** An incident as the store would publish it; for tests. */
export const incidentOf = (changes: Partial<Incident> = {}): Incident => {
  const key = 'lab/shop/Deployment/checkout/CrashLoop'
  const version = { epoch: 0, offset: 7 }
  const object = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }
  const title = 'checkout keeps crashing'
  const shared = {
    key,
    cluster: 'lab',
    namespace: 'shop',
    problem: 'CrashLoop',
    title,
    severity: 'P2',
    occurrenceCount: 37,
    countQuality: 'lower_bound',
    firstSeenAt: T0,
    lastSeenAt: T0 + 60_000,
  } as const
  return {
    ...shared,
    id: '0c5a1b1e-0000-8000-8000-000000000001',
    revision: 1,
    episode: 1,
    resourceKind: 'Deployment',
    resourceName: 'checkout',
    status: 'open',
    resolution: null,
    reopenCount: 0,
    reasons: ['BackOff'],
    openedAt: T0,
    group: '0c5a1b1e-0000-8000-8000-000000000001',
    joins: [],
    analysis: {
      incidentId: '0c5a1b1e-0000-8000-8000-000000000001',
      key,
      contextVersion: version,
      by: 'known',
      rule: 'crash-after-rollout',
      rulesHash: 'h',
      class: 'application',
      cause: 'bad-rollout',
      hypothesis: 'It crashes since its last change.',
      confidence: 0.9,
      confidenceReasons: [],
      evidence: ['e1'],
      recommendations: [
        { text: 'Go back.', command: 'kubectl -n shop rollout undo deployment/checkout' },
        { text: 'Ask its team.' },
      ],
      at: T0 + 60_000,
    },
    context: {
      ...shared,
      version,
      owner: { kind: 'Deployment', name: 'checkout', by: 'objects' },
      severityTerms: [{ term: 'base', points: 50, why: 'the catalogue says P2' }],
      reasons: [],
      objects: [],
      objectsTotal: 0,
      changes: [
        {
          kind: 'rollout',
          object,
          at: T0 - 20_000,
          by: 'kubectl',
          summary: 'image 1.0.0 -> 1.1.0',
          fields: [],
          distanceMs: 20_000,
          failingPodsAreNew: true,
          evidence: 'c0',
        },
      ],
      states: { waiting: [], terminations: [], restarts: 3, notReady: 1, pods: 2 },
      evidence: [
        { id: 'c0', kind: 'change', text: 'image', at: T0 - 20_000, records: [] },
        {
          id: 'e1',
          kind: 'event',
          text: 'BackOff: Back-off restarting failed container',
          at: T0,
          records: [],
        },
      ],
      spells: [],
      gaps: [],
      facets: [],
      touches: [],
      cause: { topic: 'signals', partition: 0, offset: 7 },
      rulesHash: 'h',
      watermark: null,
    },
    ...changes,
  }
}
