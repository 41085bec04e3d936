import { expect, test } from 'vitest'
import { selects, thingId } from './things.ts'
import { touchesOfMessage } from './touches.ts'

test.each([
  ['Error: configmap "app-config" not found', ['ConfigMap/shop/app-config']],
  [
    'MountVolume.SetUp failed for volume "tls" : secret "tls-cert" not found',
    ['Secret/shop/tls-cert'],
  ],
  ["Error: couldn't find key PORT in ConfigMap shop/settings", ['ConfigMap/shop/settings']],
  [
    '0/2 nodes are available: persistentvolumeclaim "data" not found.',
    ['PersistentVolumeClaim/shop/data'],
  ],
  [
    'Error creating: pods "x" is forbidden: exceeded quota: team-quota, requested: cpu=2, used: cpu=4, limited: cpu=4',
    ['ResourceQuota/shop/team-quota'],
  ],
  [
    'Internal error occurred: failed calling webhook "policy.example.com": timeout',
    ['Webhook//policy.example.com'],
  ],
  [
    'Failed to pull image "registry.local:5000/shop/cart:1": dial tcp 10.0.0.9:5000: connect: connection refused',
    ['Registry//registry.local%3A5000'],
  ],
  [
    'Failed to pull image "shop/cart:1": 429 Too Many Requests - toomanyrequests',
    ['Registry//docker.io'],
  ],
  ['Failed to pull image "ghcr.io/shop/cart:nope": not found', []],
  ['admission webhook "policy.example.com" denied the request: no', []],
  ['Readiness probe failed: HTTP probe failed with statuscode: 503', []],
])('%s blames %j', (message, things) => {
  expect(touchesOfMessage(message, 'shop')).toEqual(things)
})

test('a Service selects by all of its labels, and one without any selects nothing', () => {
  const template = { 'labels.app': 'cart', 'labels.tier': 'web', image: 'x' }
  expect(selects({ app: 'cart' }, template)).toBe(true)
  expect(selects({ app: 'cart', tier: 'db' }, template)).toBe(false)
  expect(selects({}, template)).toBe(false)
})

test('a thing has one name, whatever its parts hold', () => {
  expect(thingId('Secret', 'a/b', 'c')).not.toBe(thingId('Secret', 'a', 'b/c'))
})
