import { created, type Row } from './rows.ts'

export const config: readonly Row[] = [
  [
    'a ConfigMap for a volume',
    {
      problem: 'VolumeMount',
      events: [
        'FailedMount: MountVolume.SetUp failed for volume "c" : configmap "app-config" not found',
      ],
      change: created,
    },
    'configmap-missing',
    'missing-config',
  ],
  [
    'a Secret for a volume',
    {
      problem: 'VolumeMount',
      events: [
        'FailedMount: MountVolume.SetUp failed for volume "c" : secret "tls-cert" not found',
      ],
    },
    'secret-missing',
    'missing-secret',
  ],
  [
    'a ConfigMap for the environment',
    {
      problem: 'Config',
      events: ['Failed: Error: configmap "cart-env" not found'],
      change: created,
    },
    'configmap-missing',
    'missing-config',
  ],
  [
    'the start of a kubelet',
    {
      problem: 'VolumeMount',
      events: [
        'FailedMount: MountVolume.SetUp failed for volume "kube-api-access-b2jhl" : object "shop-node"/"kube-root-ca.crt" not registered',
      ],
    },
    'kubelet-cache-blink',
    'none',
  ],
]

export const others: readonly Row[] = [
  [
    'a silent node',
    {
      problem: 'NodeNotReady',
      owner: 'Node/worker-2',
      namespace: '',
      events: [
        'NodeNotReady: Node worker-2 status is now: NodeNotReady',
        'NodeStatusUnknown: Kubelet stopped posting node status.',
      ],
    },
    'node-unreachable',
    'node-down',
  ],
  [
    'a node, from its event alone',
    {
      problem: 'NodeNotReady',
      owner: 'Node/worker-2',
      namespace: '',
      events: ['NodeNotReady: Node worker-2 status is now: NodeNotReady'],
    },
    'node-not-ready',
    'node-down',
  ],
  [
    'pods on a node that is gone',
    { problem: 'NodeLost', events: ['NodeNotReady: Node is not ready'] },
    'pods-on-lost-node',
    'node-down',
  ],
  [
    'a node under disk pressure',
    {
      problem: 'NodePressure',
      owner: 'Node/worker-1',
      namespace: '',
      events: ['EvictionThresholdMet: Attempting to reclaim ephemeral-storage'],
    },
    'node-pressure',
    'node-down',
  ],
  [
    'a webhook that refuses',
    {
      problem: 'Admission',
      events: [
        'FailedCreate: Error creating: admission webhook "validate.kyverno.svc-fail" denied the request: policy require-labels',
      ],
    },
    'admission-denied',
    'admission-denied',
  ],
  [
    'a service account that is not there',
    {
      problem: 'Admission',
      events: [
        'FailedCreate: Error creating: pods "a-1-" is forbidden: error looking up service account ns/sa: serviceaccount "sa" not found',
      ],
    },
    'admission-denied',
    'admission-denied',
  ],
  [
    'a node without a network plugin',
    {
      problem: 'PodSandbox',
      events: [
        'NetworkNotReady: network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: No CNI configuration file in /etc/cni/net.d/. Has your network provider started?',
      ],
    },
    'sandbox-network',
    'network',
  ],
  [
    'a network plugin without addresses',
    {
      problem: 'PodSandbox',
      events: [
        'FailedCreatePodSandBox: Failed to create pod sandbox: plugin type="calico" failed (add): no available IP addresses',
      ],
    },
    'sandbox-network',
    'network',
  ],
  [
    'an emptyDir that grew',
    {
      problem: 'Eviction',
      events: ['Evicted: Usage of EmptyDir volume "s" exceeds the limit "5Mi". '],
      change: created,
    },
    'evicted-emptydir',
    'eviction',
  ],
  [
    'a node under pressure',
    {
      problem: 'Eviction',
      events: ['Evicted: The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi'],
    },
    'evicted-node-pressure',
    'eviction',
  ],
  [
    'a job at its backoff limit',
    {
      problem: 'JobFailure',
      owner: 'Job/report',
      events: ['BackoffLimitExceeded: Job has reached the specified backoff limit'],
      terminations: [['Error', 2]],
    },
    'job-error',
    'job-error',
  ],
  [
    'a job past its deadline',
    {
      problem: 'JobFailure',
      owner: 'Job/slow',
      events: ['DeadlineExceeded: Job was active longer than specified deadline'],
      terminations: [['Error', 2]],
    },
    'job-deadline',
    'job-deadline',
  ],
  [
    'a quota, in the combined form of the recorder',
    {
      problem: 'QuotaExceeded',
      owner: 'Deployment/cart',
      events: [
        'FailedCreate: (combined from similar events): Error creating: pods "cart-5657dff489-abcde" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=4, limited: pods=4',
      ],
      change: { kind: 'scale', failingPodsAreNew: null, summary: 'replicas 2 -> 8' },
    },
    'quota-exceeded',
    'quota-exceeded',
  ],
  [
    'an autoscaler without metrics',
    {
      problem: 'Autoscaling',
      owner: 'HorizontalPodAutoscaler/cart',
      events: [
        'FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
      ],
    },
    'hpa-no-metrics',
    'hpa-no-metrics',
  ],
  [
    'a problem that no known is for',
    { problem: 'Unknown', events: ['Odd: something that nobody has seen before'] },
    'unclear',
    'unknown',
  ],
]
