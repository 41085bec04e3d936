import { expect, test } from 'vitest'
import { event, list, of, run } from './testing.ts'

/** What waits for others or is under way is given a quarter of an hour. */
const LATER = Date.parse('2026-11-21T01:16:00Z')

const application = (health: string, phase: string): object => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd', uid: 'app', resourceVersion: '5' },
  status: {
    reconciledAt: '2026-11-21T01:00:00Z',
    health: { status: health },
    operationState: {
      phase,
      message: 'one or more objects failed',
      finishedAt: '2026-11-21T01:00:00Z',
    },
  },
})
const flux = (kind: string, status: string, reason: string): object => ({
  apiVersion: `${kind === 'HelmRelease' ? 'helm' : 'kustomize'}.toolkit.fluxcd.io/v2`,
  kind,
  metadata: { name: 'shop', namespace: 'flux-system', uid: kind, resourceVersion: '5' },
  status: {
    conditions: [{ type: 'Ready', status, reason, lastTransitionTime: '2026-11-21T01:00:00Z' }],
  },
})

test.each([
  ['a degraded Application', application('Degraded', 'Succeeded'), 'Application/shop'],
  ['an operation that failed', application('Healthy', 'Failed'), 'Application/shop'],
  [
    'a Kustomization that cannot be built',
    flux('Kustomization', 'False', 'BuildFailed'),
    'Kustomization/shop',
  ],
  ['an upgrade that failed', flux('HelmRelease', 'False', 'UpgradeFailed'), 'HelmRelease/shop'],
])('%s is a failed delivery', async (_, object, owner) => {
  const { incidents } = await run([of('a.json', list(object))], { now: LATER })
  expect(
    incidents.map((i) => `${i.resourceKind}/${i.resourceName} ${i.problem} ${i.status}`),
  ).toEqual([`${owner} Delivery open`])
})

test.each([
  ['a healthy Application', application('Healthy', 'Succeeded')],
  ['one that is under way', application('Progressing', 'Running')],
  ['a HelmRelease that is ready', flux('HelmRelease', 'True', 'UpgradeSucceeded')],
])('%s is none', async (_, object) => {
  expect((await run([of('a.json', list(object))], { now: LATER })).incidents).toEqual([])
})

test('a violation that a policy engine tells of opens nothing, however often', async () => {
  const more = { reason: 'PolicyViolation', count: 500, source: { component: 'kyverno-scan' } }
  const { incidents, ignored } = await run([of('a.json', list(event('v', more)))])
  expect(incidents).toEqual([])
  expect(ignored).toMatchObject([{ reason: 'PolicyViolation', count: 500 }])
})
