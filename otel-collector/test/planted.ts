import type { KubeObject } from './kube-api.ts'

/** The value that must not leave the cluster, with characters that JSON writers escape in different ways. */
export const PLANTED = 'pl4nted-s3cret'
const value = `${PLANTED} & <"quoted"> \\ \n${PLANTED}`
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

export const PLAIN_HOST = 'payments.shop.svc.cluster.local'
export const STRIPPED_URL = 'postgres://db.example.com:5432/shop'

const env = [
  { name: 'PAYMENTS_HOST', value: PLAIN_HOST },
  {
    name: 'DATABASE_URL',
    value: `postgres://app:${PLANTED}@db.example.com:5432/shop?a=b&p=${PLANTED}`,
  },
  { name: 'GREETING', value },
  { name: 'API_TOKEN', value: PLANTED },
  { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'shop-db', key: 'password' } } },
]
const podSpec = {
  initContainers: [{ name: 'init', image: 'shop:1', env }],
  containers: [
    { name: 'app', image: 'shop:1', env, args: [`--password=${PLANTED}`, '--db-secret', PLANTED] },
  ],
}
const annotations = {
  [LAST_APPLIED]: JSON.stringify({ env, data: { password: value } }),
  'example.com/team': 'shop',
}
const template = { metadata: { labels: { app: 'shop' }, annotations }, spec: podSpec }

const object = (apiVersion: string, kind: string, name: string, fields: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', uid: `uid-of-${kind}-${name}`, annotations },
  ...fields,
})

/** One object of each shape that can carry a value. */
export const plantedObjects: readonly KubeObject[] = [
  object('v1', 'ConfigMap', 'shop-config', {
    data: { 'app.properties': value, empty: '' },
    binaryData: { 'key.bin': Buffer.from(value).toString('base64') },
  }),
  object('apps/v1', 'Deployment', 'shop', { spec: { replicas: 2, template } }),
  object('v1', 'Pod', 'shop-1', { spec: podSpec, status: { phase: 'Running' } }),
  object('batch/v1', 'CronJob', 'shop-nightly', { spec: { jobTemplate: { spec: { template } } } }),
  object('v1', 'Service', 'shop', { spec: { ports: [{ port: 80 }] } }),
]

export const plantedSecret: KubeObject = object('v1', 'Secret', 'shop-db', {
  type: 'Opaque',
  data: { password: Buffer.from(value).toString('base64') },
})

/** The value and what Secrets make of it. */
export const plantedForms: readonly string[] = [
  PLANTED,
  // base64 of any three bytes of it, at each of the three alignments
  ...[0, 1, 2].map((skip) => Buffer.from(PLANTED.slice(skip, skip + 9)).toString('base64')),
]
