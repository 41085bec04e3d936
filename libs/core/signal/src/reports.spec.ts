import { describe, expect, test } from 'vitest'
import { golden, meta, readsOf } from './add-ons.spec-helper.ts'

const vulnerability = (id: string, severity: string, more: object = {}): object => ({
  vulnerabilityID: id,
  severity,
  resource: 'libssl3',
  installedVersion: '3.0.2',
  fixedVersion: '3.0.13',
  title: 'openssl: it is so',
  primaryLink: 'https://avd.aquasec.com/x',
  ...more,
})

describe('reports', () => {
  test('of Trivy are counts and the worst few, about the owner of what was scanned', async () => {
    await golden(
      {
        apiVersion: 'aquasecurity.github.io/v1alpha1',
        kind: 'VulnerabilityReport',
        metadata: meta('replicaset-web-5d6b7c8d9f-app', 'shop', {
          labels: {
            'trivy-operator.container.name': 'app',
            'trivy-operator.resource.kind': 'ReplicaSet',
            'trivy-operator.resource.name': 'web-5d6b7c8d9f',
          },
        }),
        report: {
          artifact: { repository: 'shop/web', tag: '1.4.2' },
          summary: { criticalCount: 1, highCount: 2, lowCount: 9, mediumCount: 0, noneCount: 'x' },
          vulnerabilities: [
            ...Array.from({ length: 20 }, (_, i) => vulnerability(`CVE-2024-${1000 + i}`, 'LOW')),
            vulnerability('CVE-2024-0001', 'CRITICAL', { fixedVersion: '' }),
            'nothing',
          ],
        },
      },
      'trivy-vulnerabilities',
    )
  })

  test('of Trivy about secrets do not say what was found', () => {
    const text = JSON.stringify(
      readsOf({
        apiVersion: 'aquasecurity.github.io/v1alpha1',
        kind: 'ExposedSecretReport',
        metadata: meta('r', 'shop', {
          ownerReferences: [{ kind: 'ReplicaSet', name: 'w', uid: 'u' }],
        }),
        report: {
          summary: { criticalCount: 1 },
          secrets: [
            {
              ruleID: 'aws-key',
              severity: 'CRITICAL',
              title: 'AWS key',
              target: '/app/.env',
              match: 'hunter2',
            },
          ],
        },
      }),
    )
    expect(text).toContain('aws-key')
    expect(text).not.toContain('hunter2')
  })

  test('of policies are about their scope, or each about what its results name', async () => {
    const result = (name: string, outcome: string, resources: object[] = []): object => ({
      policy: 'require-limits',
      rule: name,
      result: outcome,
      severity: 'high',
      message: `${name} with password=hunter2`,
      source: 'kyverno',
      resources,
    })
    const scoped = {
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      metadata: meta('p1', 'shop'),
      scope: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'web',
        namespace: 'shop',
        uid: 'd',
      },
      results: [result('memory', 'fail'), result('cpu', 'pass')],
      summary: { pass: 1, fail: 1 },
    }
    const text = await golden(scoped, 'policy-report-scoped')
    expect(text).not.toContain('hunter2')
    const shared = {
      ...scoped,
      apiVersion: 'reports.x-k8s.io/v1beta1',
      scope: undefined,
      results: [
        result('memory', 'fail', [
          { kind: 'Deployment', name: 'web' },
          { kind: 'Deployment', name: 'db' },
        ]),
        result('nothing named', 'warn'),
      ],
    }
    await golden(shared, 'policy-report-shared')
  })

  test.each([
    ['no report', { report: undefined }],
    ['a report that is none', { report: 'x' }],
    ['entries that are none', { report: { vulnerabilities: { a: 1 }, summary: [1] } }],
    [
      'a deep nest',
      { report: JSON.parse(`${'{"report":'.repeat(2_000)}1${'}'.repeat(2_000)}`) as unknown },
    ],
    [
      'keys of the prototype',
      { report: JSON.parse('{"summary":{"__proto__":3,"constructorCount":1}}') as unknown },
    ],
  ])('with %s is read as far as it goes', (_, more) => {
    const read = readsOf({
      apiVersion: 'aquasecurity.github.io/v1alpha1',
      kind: 'VulnerabilityReport',
      metadata: meta('r', 'shop'),
      ...more,
    })
    expect(read).toMatchObject([
      { ok: true, signal: { t: 'object', object: { report: { items: [] } } } },
    ])
  })

  test('are bounded, whatever they hold', () => {
    const long = `\u0000\ud800${'x'.repeat(10_000)}`
    const many = Array.from({ length: 6_000 }, () =>
      vulnerability(long, long, { title: long, resource: long }),
    )
    const [read] = readsOf({
      apiVersion: 'aquasecurity.github.io/v1alpha1',
      kind: 'VulnerabilityReport',
      metadata: meta('r', 'shop'),
      report: {
        artifact: { repository: long, tag: long },
        summary: Object.fromEntries(many.map((_, i) => [`${long}${i}Count`, i + 1])),
        vulnerabilities: many,
      },
    })
    expect(JSON.stringify(read).length).toBeLessThan(10_000)
  })
})
