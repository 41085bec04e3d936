import type { Sketch } from './build-context.ts'
import { rollout, type Row } from './rows.ts'

const sched = (message: string): Sketch => ({
  problem: 'Scheduling',
  events: [`FailedScheduling: 0/2 nodes are available: ${message}`],
})
export const scheduling: readonly Row[] = [
  [
    'too much cpu',
    {
      ...sched(
        '2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
      ),
      change: {
        ...rollout,
        fields: [{ path: 'containers[app].resources.requests.cpu', from: '10m', to: '64' }],
      },
    },
    'unschedulable-resources',
    'unschedulable-resources',
  ],
  [
    'a selector without a node',
    sched(
      "2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    ),
    'unschedulable-selector',
    'unschedulable-selector',
  ],
  [
    'a taint',
    sched(
      '2 node(s) had untolerated taint {dedicated: batch}. preemption: 0/2 nodes are available',
    ),
    'unschedulable-taint',
    'unschedulable-selector',
  ],
  [
    'a taint of a node that is not ready, in older words',
    sched("1 node(s) had taint {node.kubernetes.io/not-ready: }, that the pod didn't tolerate."),
    'nodes-not-ready-for-pods',
    'node-down',
  ],
  [
    'a host port',
    sched("1 node(s) didn't have free ports for the requested pod ports."),
    'host-port-taken',
    'unschedulable-resources',
  ],
  [
    'an unbound claim',
    sched('pod has unbound immediate PersistentVolumeClaims. not found'),
    'unbound-claim',
    'unbound-volume',
  ],
  [
    'a storage class that is not there',
    {
      problem: 'VolumeMount',
      owner: 'PersistentVolumeClaim/data',
      events: ['ProvisioningFailed: storageclass.storage.k8s.io "fast-ssd" not found'],
    },
    'storage-class-missing',
    'unbound-volume',
  ],
  [
    'preempted pods',
    {
      problem: 'Scheduling',
      events: [
        'Preempted: Preempted by pod 1234 on node worker-1',
        ...sched('2 Insufficient cpu.').events!,
      ],
    },
    'preempted',
    'unschedulable-resources',
  ],
]
