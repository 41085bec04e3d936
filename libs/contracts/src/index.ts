export { ceHeaders, dlqHeaders } from './cloud-events.ts'
export {
  ContractViolation,
  DependencyUnavailable,
  Failure,
  Fenced,
  nextStep,
  type NextStep,
} from './failure.ts'
export {
  incidentKey,
  namespaceKey,
  parseIncidentKey,
  type IncidentKeyParts,
} from './incident-key.ts'
export { parseJson, parseValue, type Parsed } from './parse-json.ts'
export {
  INCIDENT_DATABASE_AWAY,
  INCIDENT_PACKAGE,
  INCIDENT_PROTO,
  PROTO_ROOT,
} from './proto-path.ts'
export {
  catalogueSchema,
  type AlertRule,
  type Catalogue,
  type EventMatch,
  type IgnoreRule,
  type Opening,
  type ProblemRule,
  type StateMatch,
  type Tier,
  type TierRule,
  type Symptom,
} from './rules/catalogue.ts'
export type { MetricCondition, MetricRule } from './rules/metric-rule.ts'
export { ignoreFileSchema, type IncidentIgnore } from './rules/ignore.ts'
export {
  causes,
  knownsFileSchema,
  type ChangeCondition,
  type Known,
  type KnownCondition,
  type Knowns,
} from './rules/known.ts'
export { duration } from './rules/terms.ts'
export { templateVariables, type TemplateVariable } from './rules/template.ts'
export {
  countQualities,
  LAST_INSTANT,
  severities,
  type CountQuality,
  type ObjectRef,
  type Position,
  type Severity,
} from './shared.ts'
export {
  DAY_MS,
  deadLetterPolicy,
  deadLetterTopicOf,
  defineTopic,
  type MessageOf,
  type TopicContract,
  type TopicPolicy,
} from './topic.ts'
export { clusters, type Cluster } from './topics/clusters.v1.ts'
export { tooLate, type TooLateLedger } from './topics/too-late.v1.ts'
export { failureClasses, incidentAnalyses, type Analysis } from './topics/incident-analyses.v1.ts'
export {
  compareVersions,
  incidentContexts,
  withoutCost,
  type Change,
  type Context,
  type Cost,
  type ContextVersion,
  type Evidence,
  type Finding,
  type Touch,
  type Observation,
  type Owner,
  type Release,
  type ReasonCount,
  type Recovery,
  type Spell,
} from './topics/incident-contexts.v1.ts'
export {
  incidentEvents,
  incidentStatuses,
  incidents,
  transitionTypes,
  type TransitionType,
  type Incident,
  type IncidentEvent,
  type IncidentStatus,
  type BlastRadius,
  type IncidentLink,
  type Resolution,
} from './topics/incidents.v1.ts'
export {
  noticeKinds,
  notifications,
  type NoticeKind,
  type Notification,
} from './topics/notifications.v1.ts'
export {
  OTEL_LOGS,
  OTEL_METRICS,
  OTEL_TRACES,
  otelPolicy,
  otelTopics,
  type OtelTopic,
} from './topics/otel.ts'
export type { Allocation } from './topics/cost-signal.ts'
export type { Metric } from './topics/metric-signal.ts'
export type { Hearing, Pattern } from './topics/pattern-signal.ts'
export type { Delivery, Deployment } from './topics/release-signal.ts'
export type { Alert } from './topics/alert-signal.ts'
export {
  signals,
  signalSchema,
  TOLD_WHOLE_EVERY_MS,
  type AgainSignal,
  type AlertSignal,
  type CostSignal,
  type EventHead,
  type EventSignal,
  type MetricSignal,
  type ObjectSignal,
  type PatternSignal,
  type Progress,
  type ProgressReport,
  type Signal,
  type ReleaseSignal,
  type SignalChunk,
  type SignalsMessage,
  type SourcePartition,
  type Telling,
  type UnclassifiedSignal,
} from './topics/signals.v1.ts'
export type {
  Condition,
  SlimContainer,
  SlimJob,
  SlimObject,
  SlimPod,
  SlimReport,
  SlimWorkload,
  Termination,
} from './topics/slim-object.ts'
