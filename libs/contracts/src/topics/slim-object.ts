import { z } from 'zod'
import { instant } from '../shared.ts'

const condition = z.object({
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  /** lastTransitionTime. */
  at: instant.optional(),
  updatedAt: instant.optional(),
  /** lastHeartbeatTime of one that is Unknown: when its reporter was last heard of. */
  heardAt: instant.optional(),
})
export const conditionsSchema = z.record(z.string(), condition)
export type Condition = z.infer<typeof condition>

export const terminationSchema = z.object({
  container: z.string(),
  reason: z.string(),
  exitCode: z.int(),
  signal: z.int().optional(),
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  message: z.string().optional(),
})
export type Termination = z.infer<typeof terminationSchema>

const container = z.object({
  name: z.string(),
  image: z.string().optional(),
  init: z.boolean().optional(),
  ready: z.boolean(),
  restarts: z.int(),
  waiting: z.object({ reason: z.string(), message: z.string().optional() }).optional(),
  runningSince: instant.optional(),
  terminated: terminationSchema.optional(),
  last: terminationSchema.optional(),
})
export type SlimContainer = z.infer<typeof container>

const pod = z.object({
  node: z.string().optional(),
  phase: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  conditions: conditionsSchema,
  containers: z.array(container),
  /** `pod-template-hash` or `controller-revision-hash`: the revision that the pod belongs to. */
  revisionHash: z.string().optional(),
  /** Names of what the pod needs, so that a missing one can be named. */
  configMaps: z.array(z.string()),
  secrets: z.array(z.string()),
  claims: z.array(z.string()),
})
export type SlimPod = z.infer<typeof pod>

const workload = z.object({
  desired: z.int(),
  observedGeneration: z.int(),
  replicas: z.int(),
  updated: z.int(),
  ready: z.int(),
  available: z.int(),
  conditions: conditionsSchema,
  /** `deployment.kubernetes.io/revision`, or a StatefulSet's updateRevision. */
  revision: z.string().optional(),
  paused: z.boolean().optional(),
  /** Its pods share the node's network. */
  hostNetwork: z.boolean().optional(),
  /** Endpoints (`host:port` or `host`) that the pod template names in literal variables and arguments; never a value. */
  calls: z.array(z.string()).optional(),
  /** Where pods in the node's own network listen: `*:port` or `host:port`. */
  listens: z.array(z.string()).optional(),
  /** The pod template flattened to path → value; env by key only (values are hashed or dropped). Absent on status-only kinds. */
  template: z.record(z.string(), z.string()).optional(),
})
export type SlimWorkload = z.infer<typeof workload>

const job = z.object({
  active: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  conditions: conditionsSchema,
  backoffLimit: z.int().optional(),
  suspend: z.boolean().optional(),
  lastSuccessAt: instant.optional(),
  lastScheduleAt: instant.optional(),
})
export type SlimJob = z.infer<typeof job>

/** The newest writer of the spec, from managedFields (manager name and time; no values). */
const writer = z.object({ manager: z.string(), at: instant.optional() })

/** What a scanner or a policy engine has found, as its report says it: counts, and the worst few. */
const report = z.object({
  /** Who says so: `trivy`, `kyverno`, whatever a PolicyReport names as its source. */
  by: z.string(),
  /** `vulnerability`, `config`, `secret`, `rbac`, `policy`. */
  type: z.string(),
  /** The image or container that it is about, where it is about one. */
  about: z.string().optional(),
  /** Severity (of a policy: its result) → how many. */
  counts: z.record(z.string(), z.int()),
  items: z.array(
    z.object({
      id: z.string(),
      severity: z.string(),
      text: z.string(),
      /** Where the report is about several things: which of them. */
      of: z.object({ kind: z.string(), name: z.string() }).optional(),
    }),
  ),
})
export type SlimReport = z.infer<typeof report>

/** A Kubernetes object cut down to what derivations read. Sections are by kind; unknown kinds carry only the head. */
export const slimObjectSchema = z.object({
  kind: z.string(),
  apiVersion: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  /** resourceVersion: compared as an integer where it is one (KEP-5504), else by observation. */
  rv: z.string(),
  createdAt: instant.optional(),
  generation: z.int().optional(),
  deletingAt: instant.optional(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  owners: z.array(
    z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean() }),
  ),
  writer: writer.optional(),
  pod: pod.optional(),
  workload: workload.optional(),
  job: job.optional(),
  /** Nodes, PVCs (`phase` as a condition named Phase), HPAs and other kinds with conditions. */
  conditions: conditionsSchema.optional(),
  /** ResourceQuota: hard and used per resource. */
  quota: z
    .object({ hard: z.record(z.string(), z.string()), used: z.record(z.string(), z.string()) })
    .optional(),
  /** ConfigMap, Secret: key → hash of the value, never the value. */
  data: z.record(z.string(), z.string()).optional(),
  /** ConfigMap: endpoints that its values name. */
  calls: z.array(z.string()).optional(),
  /**
   * What somebody has set, as path → value, where a change of it explains trouble of others: a Node's labels, taints and sizes, a quota's
   * limits, a policy's rules, a Service's selector and ports … Values of ConfigMaps and Secrets are in `data`, hashed.
   */
  settings: z.record(z.string(), z.string()).optional(),
  /** VulnerabilityReport, PolicyReport and their like. */
  report: report.optional(),
  /** Service: the labels of the pods behind it; empty for one without a selector. */
  service: z.object({ selector: z.record(z.string(), z.string()) }).optional(),
})
export type SlimObject = z.infer<typeof slimObjectSchema>
