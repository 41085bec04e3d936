import { describe, expect, it } from 'vitest'
import { paintFor } from '../render/paint.ts'
import { apiIncidentJson } from './api-json.ts'
import { showIncident } from './show.ts'
import { incidentSchema, type ApiIncident } from './wire.ts'

const at = (seconds: number) => ({ seconds: String(1_795_223_274 + seconds), nanos: 0 })
const evil = '\u001b[2J\u202eevil\r\n'

const incident = incidentSchema.parse({
  id: '43437b74-5c1d-85b6-bdd8-e2534613b291',
  key: 'demo/shop/Deployment/checkout/CrashLoop',
  revision: '3',
  episode: 1,
  previousId: '',
  mergedIntoId: '',
  cluster: 'demo',
  namespace: 'shop',
  resourceKind: 'Deployment',
  resourceName: 'checkout',
  problem: 'CrashLoop',
  title: `Deployment/checkout: containers end soon${evil}`,
  severity: 'P1',
  severityTerms: [{ term: 'base', points: 65, why: 'catalogue' }],
  status: 'RESOLVED',
  resolution: { at: at(600), by: 'recovered', why: 'ready through 5 minutes' },
  reopenCount: 0,
  occurrenceCount: '41',
  countQuality: 'lower_bound',
  reasons: [
    {
      reason: 'BackOff',
      type: 'Warning',
      source: 'event',
      count: '41',
      uids: 3,
      quality: 'lower_bound',
      firstAt: at(0),
      lastAt: at(60),
      message: evil,
    },
  ],
  firstSeenAt: at(0),
  lastSeenAt: at(60),
  openedAt: at(0),
  group: 'g',
  objects: [{ kind: 'Pod', namespace: 'shop', name: 'checkout-1', uid: 'u', node: 'worker-1' }],
  objectsTotal: 12,
  changes: [
    {
      kind: 'rollout',
      object: null,
      at: at(-6),
      by: 'kubectl',
      fromRevision: '1',
      toRevision: '2',
      rollback: false,
      summary: 'image 1 -> 2',
      distanceMs: '6000',
      fields: [],
    },
  ],
  evidence: [
    {
      id: 'e1',
      kind: 'event',
      text: 'BackOff on Pod/checkout-1',
      at: at(60),
      records: [{ topic: 'otel-logs', partition: 3, offset: '17' }],
    },
    { id: 'e2', kind: 'change', text: 'image 1 -> 2', at: at(-6), records: [] },
  ],
  analysis: {
    by: 'known',
    rule: 'crash-after-rollout',
    class: 'application',
    cause: 'bad-rollout',
    hypothesis: `it crashes since its last change${evil}`,
    confidence: 0.88,
    confidenceReasons: ['because'],
    evidence: ['e2'],
    refutedBy: 'the old revision crashes too',
    recommendations: [
      { text: 'Go back.', command: 'kubectl -n shop rollout undo deployment/checkout' },
      { text: 'Never this.', command: `kubectl delete${evil}` },
    ],
    at: at(60),
  },
  notes: [{ seq: '1', kind: 'system', actor: 'kubesift', at: at(0), text: 'opened', causes: [] }],
  contextVersion: '0.5',
})

const lines = showIncident(incident, {
  columns: 90,
  paint: paintFor({ stdout: {}, env: {} }),
  now: (1_795_223_274 + 3600) * 1000,
})
const text = lines.join('\n')

describe('showIncident', () => {
  it.each([
    ['what is broken', 'P1 Deployment/checkout: containers end soonevil'],
    ['since when', '(60m ago)'],
    ['how often, and how sure that is', '41+ (lower bound)'],
    ['how it ended', 'well since 2026-11-21T01:17:54Z (recovered): ready through 5 minutes'],
    ['why', 'it crashes since its last changeevil'],
    ['how sure', '88 % sure, by the rule crash-after-rollout'],
    ['what would refute it', 'wrong if the old revision crashes too'],
    ['what changed', '6 seconds before the first symptom, revision 1 → 2, by kubectl'],
    ['what to do', '$ kubectl -n shop rollout undo deployment/checkout'],
    ['on what', 'shop/Pod/checkout-1 on worker-1'],
    ['how many more', '… and 11 more'],
    ['where it stood', 'otel-logs/3/17'],
    ['what happened', 'opened (kubesift)'],
  ])('says %s', (_, part) => {
    expect(text).toContain(part)
  })

  it('names a thing once that is there under two UIDs, and says what changes the cluster', () => {
    const node = { kind: 'Node', namespace: '', name: 'worker-1', node: '' }
    const twice = showIncident(
      {
        ...incident,
        objects: [
          { ...node, uid: 'worker-1' },
          { ...node, uid: 'a' },
        ],
        objectsTotal: 2,
      },
      { columns: 90, paint: paintFor({ stdout: {}, env: {} }), now: 0 },
    )
    expect(twice.filter((line) => line.trim() === 'Node/worker-1')).toHaveLength(1)
    expect(twice.join('\n')).not.toContain('… and')
    expect(twice).toContain('  → Go back. (changes the cluster)')
  })

  it('tells nobody to do what is over', () => {
    expect(text).toContain('\nWhat was advised\n')
    expect(text).not.toContain('What to do')
    const options = { columns: 90, paint: paintFor({ stdout: {}, env: {} }), now: 0 }
    expect(showIncident({ ...incident, status: 'open' }, options)).toContain('What to do')
  })

  it('says once what a change is', () => {
    const [change] = incident.changes
    const changes = [
      { ...change!, kind: 'rollout', rollback: true, summary: 'rolled back: image 2 -> 1' },
      { ...change!, kind: 'created', summary: 'created with image 1' },
    ]
    const options = { columns: 90, paint: paintFor({ stdout: {}, env: {} }), now: 0 }
    const shown = showIncident({ ...incident, changes }, options)
    expect(shown).toContain('  • rollback: image 2 -> 1')
    expect(shown).toContain('  • created with image 1')
  })

  it('cites first what the hypothesis rests on', () => {
    expect(text.indexOf('* ')).toBeLessThan(text.indexOf('BackOff on Pod'))
  })

  it('shows no command that was tampered with, and nothing that moves the cursor', () => {
    expect(text).not.toContain('kubectl delete')
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

describe('apiIncidentJson', () => {
  it('has times in RFC 3339, and nothing that is empty', () => {
    expect(apiIncidentJson(incident)).toMatchObject({
      firstSeenAt: '2026-11-21T01:07:54Z',
      resolution: { at: '2026-11-21T01:17:54Z' },
      occurrenceCount: 41,
    })
    expect(apiIncidentJson(incident)).not.toHaveProperty('previousId')
  })
})

describe('what stands beside the reasons', () => {
  const ref = { kind: 'Pod', namespace: 'shop', name: 'checkout-1', uid: 'u', node: '' }
  const beside: ApiIncident = {
    ...incident,
    primaryId: '43437b74-5c1d-85b6-bdd8-e2534613b291',
    blastRadius: { workloads: 3, namespaces: 2 },
    links: [
      {
        incidentId: 'aaaaaaaa-0000',
        cluster: 'us',
        thing: 'image:app:7',
        why: `the new image app:7 fails in us too: CrashLoop${evil}`,
        since: null,
      },
    ],
    observations: incidentSchema.shape.observations.parse([
      {
        source: 'log',
        reason: 'ERROR',
        text: `connect to <ip> refused${evil}`,
        count: '12',
        quality: 'exact',
        firstAt: at(0),
        lastAt: at(5),
        example: 'connect to 10.0.0.1 refused',
        object: ref,
        container: 'app',
        peer: { ...ref, name: 'payments-1' },
        evidence: 'e',
      },
    ]),
    findings: incidentSchema.shape.findings.parse([
      {
        by: 'trivy',
        type: 'VulnerabilityReport',
        object: ref,
        about: 'app:1',
        counts: { critical: 2, low: 0 },
        worst: [{ id: 'CVE-1', severity: 'critical', text: evil }],
        at: at(1),
        evidence: 'f',
      },
    ]),
  }
  const text = showIncident(beside, {
    columns: 200,
    paint: paintFor({ stdout: {}, env: {} }),
    now: 0,
  }).join('\n')

  it('is told: log lines with both ends, findings with their worst, and what the cause has hit', () => {
    expect(text).toContain(
      '12 × ERROR (log, last 2026-11-21T01:07:59Z, shop/Pod/checkout-1 app, with shop/Pod/payments-1): connect to <ip> refusedevil',
    )
    expect(text).toContain('connect to 10.0.0.1 refused')
    expect(text).toContain('trivy VulnerabilityReport of app:1: 2 critical (')
    expect(text).not.toContain('0 low')
    expect(text).toContain('the new image app:7 fails in us too: CrashLoopevil')
    expect(text).toContain('which has hit 3 other workloads in 2 namespaces')
  })

  it('cannot move the terminal', () => {
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('\u202e')
  })
})
