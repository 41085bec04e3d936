import type { Row } from './rows.ts'

/** What a platform's controllers say, each by its fallback. */
export const platform: readonly Row[] = [
  [
    'a cloud that gives no load balancer',
    {
      problem: 'Network',
      owner: 'Service/web',
      events: ['SyncLoadBalancerFailed: Error syncing load balancer: quota exceeded'],
    },
    'service-unreachable',
    'network',
  ],
  [
    'a mesh that does not answer',
    {
      problem: 'Mesh',
      owner: 'ReplicaSet/web-1',
      events: [
        'FailedCreate: failed calling webhook "namespace.sidecar-injector.istio.io": no endpoints',
      ],
    },
    'mesh-refuses',
    'admission-denied',
  ],
  [
    'a release that is not applied',
    {
      problem: 'Delivery',
      owner: 'Kustomization/apps',
      events: ['ReconciliationFailed: kustomize build failed: no such file'],
    },
    'delivery-failed',
    'unknown',
  ],
  [
    'a secret that its store refuses',
    {
      problem: 'SecretSync',
      owner: 'ExternalSecret/db',
      events: ['UpdateFailed: could not get secret data from provider'],
    },
    'secret-not-synced',
    'missing-secret',
  ],
  [
    'a snapshot that fails',
    {
      problem: 'Storage',
      owner: 'VolumeSnapshot/nightly',
      events: ['SnapshotCreationFailed: rpc error: deadline exceeded'],
    },
    'storage-failed',
    'volume-unavailable',
  ],
  [
    'a kernel that hangs',
    {
      problem: 'NodeProblem',
      owner: 'Node/worker-1',
      events: ['TaskHung: task java:1 blocked for more than 120 seconds'],
    },
    'node-machine-unwell',
    'node-down',
  ],
  [
    'a cloud without capacity',
    {
      problem: 'NodeProvisioning',
      owner: 'NodeClaim/general-x',
      events: ['InsufficientCapacityError: all requested instance types were unavailable'],
    },
    'nodes-not-provisioned',
    'unschedulable-resources',
  ],
  [
    'a pod that cannot be killed',
    {
      problem: 'Termination',
      owner: 'Deployment/checkout',
      events: ['FailedKillPod: error killing pod: KillPodSandboxError'],
    },
    'stuck-terminating',
    'unknown',
  ],
  [
    'an operator that gets no further',
    {
      problem: 'Operator',
      owner: 'Deployment/authentication-operator',
      events: ['ConfigMapCreateFailed: namespaces "openshift-apiserver" not found'],
    },
    'operator-cannot-reconcile',
    'unknown',
  ],
]
