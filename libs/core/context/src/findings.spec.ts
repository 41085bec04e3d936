import { describe, expect, test } from 'vitest'
import { contextOf, event, iso, POD } from './add-ons.spec-helper.ts'

const report = (name: string, counts: object, more: object = {}): object => ({
  apiVersion: 'aquasecurity.github.io/v1alpha1',
  kind: 'VulnerabilityReport',
  metadata: {
    name,
    namespace: 'shop',
    uid: name,
    creationTimestamp: iso(-600),
    labels: { 'trivy-operator.container.name': 'app' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5d6b7c8d9f', uid: 'rs', controller: true }],
  },
  report: {
    artifact: { repository: 'shop/web', tag: name },
    summary: counts,
    vulnerabilities: [{ vulnerabilityID: 'CVE-1', severity: 'CRITICAL', title: 'bad' }],
  },
  ...more,
})

describe('findings', () => {
  test('stand on the contexts of the owner that they are about, as evidence, and open nothing', () => {
    const context = contextOf(
      report('1.4.2', { criticalCount: 2, highCount: 1 }),
      event('v', 'PolicyViolation', 'Deployment', { message: 'policy x/memory fail: no limit' }),
    )
    expect(context.findings).toMatchObject([
      {
        by: 'trivy',
        type: 'vulnerability',
        about: 'app shop/web:1.4.2',
        counts: { critical: 2, high: 1 },
        worst: [{ id: 'CVE-1', severity: 'critical' }],
      },
      {
        by: 'kyverno',
        type: 'policy',
        counts: { fail: 3 },
        worst: [{ text: 'policy x/memory fail: no limit' }],
      },
    ])
    const cited = context.evidence.map((e) => e.id)
    expect(context.findings?.every((f) => cited.includes(f.evidence))).toBe(true)
    expect(context).toMatchObject({ occurrenceCount: 3, reasons: [{ reason: 'Boom' }] })
    expect(context.evidence.map((e) => e.text)).toContain(
      'trivy (vulnerability of app shop/web:1.4.2): 2 critical, 1 high: CVE-1 (no fix yet) bad',
    )
  })

  test('of an older revision give way to those of the newest, and clean ones say nothing', () => {
    const old = report('1.4.1', { criticalCount: 9 })
    const newer = report('1.4.2', { criticalCount: 1 }, {})
    const meta = (newer as { metadata: object }).metadata
    const later = { ...newer, metadata: { ...meta, creationTimestamp: iso(-60) } }
    expect(contextOf(old, later).findings).toMatchObject([{ counts: { critical: 1 } }])
    expect(contextOf(report('1.4.2', { criticalCount: 0 }))).not.toHaveProperty('findings')
  })

  test('of a report about many things are those about the owner', () => {
    const result = (name: string, severity: string): object => ({
      policy: 'p',
      rule: name,
      result: 'fail',
      severity,
      resources: [{ kind: 'Pod', name }],
    })
    const shared = {
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      metadata: { name: 'polr', namespace: 'shop', uid: 'polr', creationTimestamp: iso(-60) },
      results: [result(POD, 'high'), result('db-0', 'critical')],
      summary: { fail: 2 },
    }
    expect(contextOf(shared).findings).toMatchObject([
      { by: 'policy', counts: { high: 1 }, worst: [{ id: `p/${POD}` }] },
    ])
  })

  test('are few, the worst of them', () => {
    const reports = Array.from({ length: 20 }, (_, i) => ({
      ...report(`r${i}`, i === 13 ? { criticalCount: 1 } : { lowCount: 1 }),
      report: {
        artifact: { repository: `image-${i}` },
        summary: i === 13 ? { criticalCount: 1 } : { lowCount: 1 },
      },
    }))
    const { findings = [] } = contextOf(...reports)
    expect(findings).toHaveLength(5)
    expect(findings[0]).toMatchObject({ about: 'app image-13' })
  })
})
