import { describe, expect, test } from 'vitest'
import { golden, meta, readsOf } from './add-ons.spec-helper.ts'

const argo = (more: object = {}): object => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: meta('shop', 'argocd'),
  spec: {
    destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
    source: {
      repoURL: 'https://bot:hunter2@git.example.org/shop/deploy.git?token=hunter2',
      path: 'prod',
    },
  },
  status: {
    health: { status: 'Degraded', lastTransitionTime: '2026-11-21T01:31:00Z' },
    sync: { status: 'Synced' },
    operationState: {
      phase: 'Succeeded',
      message: 'successfully synced',
      startedAt: '2026-11-21T01:29:00Z',
      finishedAt: '2026-11-21T01:29:30Z',
    },
    resources: [
      { kind: 'Deployment', group: 'apps', namespace: 'shop', name: 'web' },
      { kind: 'Deployment', group: 'apps', namespace: 'shop-jobs', name: 'worker' },
      { kind: 'ClusterRole', name: 'x' },
    ],
    history: [
      {
        deployedAt: '2026-11-20T10:00:00Z',
        id: 0,
        revision: 'a'.repeat(40),
        source: { repoURL: 'https://git.example.org/shop/deploy.git', path: 'prod' },
        initiatedBy: { automated: true },
      },
      {
        deployStartedAt: '2026-11-21T01:29:00Z',
        deployedAt: '2026-11-21T01:29:30Z',
        id: 1,
        revision: 'b'.repeat(40),
        source: {
          repoURL: 'https://bot:hunter2@git.example.org/shop/deploy.git?token=hunter2',
          path: 'prod',
        },
        initiatedBy: { username: 'ada' },
      },
    ],
  },
  ...more,
})

describe('releases', () => {
  test('of Argo CD go to each namespace that they deliver to, without what is secret in a URL', async () => {
    const text = await golden(argo(), 'argocd-application')
    expect(text).not.toContain('hunter2')
  })

  test('of Argo CD to another cluster say nothing of the namespaces of this one', () => {
    const spec = { destination: { server: 'https://other.example.org', namespace: 'shop' } }
    expect(readsOf(argo({ spec }))).toHaveLength(1)
  })

  test('of a Kustomization are what its inventory names', async () => {
    await golden(
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: meta('apps', 'flux-system'),
        spec: { path: './prod', sourceRef: { kind: 'GitRepository', name: 'deploy' } },
        status: {
          lastAppliedRevision: `main@sha1:${'c'.repeat(40)}`,
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'ReconciliationSucceeded',
              lastTransitionTime: '2026-11-21T01:00:00Z',
            },
          ],
          inventory: {
            entries: [
              { id: 'shop_web_apps_Deployment', v: 'v1' },
              { id: 'shop_web__Service', v: 'v1' },
              { id: '_shop__Namespace', v: 'v1' },
              { id: 'nonsense' },
            ],
          },
        },
      },
      'flux-kustomization',
    )
  })

  test('of a HelmRelease are the charts that it brought', async () => {
    const text = await golden(
      {
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: meta('web', 'shop'),
        spec: { values: { password: 'hunter2' } },
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'UpgradeFailed',
              message: 'token=hunter2',
              lastTransitionTime: '2026-11-21T01:31:00Z',
            },
          ],
          history: [
            {
              chartName: 'web',
              chartVersion: '1.4.3',
              version: 8,
              lastDeployed: '2026-11-21T01:30:00Z',
            },
            {
              chartName: 'web',
              chartVersion: '1.4.2',
              version: 7,
              lastDeployed: '2026-11-20T01:30:00Z',
            },
          ],
        },
      },
      'flux-helm-release',
    )
    expect(text).not.toContain('hunter2')
  })

  test.each([
    ['no status', { status: undefined }],
    ['a history that is none', { status: { history: 'x', resources: 7, health: [] } }],
    ['times that are none', { status: { history: [{ deployedAt: 'soon', revision: 'a' }] } }],
  ])('with %s are the object alone', (_, more) => {
    expect(readsOf(argo(more))).toMatchObject([{ ok: true, signal: { t: 'object' } }])
  })

  test('are bounded, whatever they list', () => {
    const resources = Array.from({ length: 5_000 }, (_, i) => ({
      kind: 'K'.repeat(300),
      namespace: `n${i % 60}`,
      name: `${i}${'x'.repeat(400)}`,
    }))
    const history = Array.from({ length: 200 }, (_, i) => ({
      deployedAt: '2026-11-21T01:29:30Z',
      revision: `${i}${'r'.repeat(500)}`,
    }))
    const reads = readsOf(argo({ status: { resources, history } }))
    expect(reads.length).toBeLessThanOrEqual(33)
    for (const read of reads) expect(JSON.stringify(read).length).toBeLessThan(90_000)
  })
})
