import type { LogRecord } from './log-record.ts'
import { isK8sEventsRecord } from './k8s-events-record.ts'
import type { ReadOne } from './read.ts'

/** The kinds of sources that are told apart: a closed set, since metrics have it as a label. */
export const sourceKinds = [
  'k8s_events',
  'k8sobjects',
  'alertmanager',
  'opencost',
  'trivy',
  'policies',
  'argocd',
  'flux',
  'pod_logs',
  'hubble',
  'envoy',
  'httpcheck',
  'k8s_cluster',
  'kubeletstats',
  'metrics',
  'traces',
  'unknown',
] as const
export type SourceKind = (typeof sourceKinds)[number]

const OF_PATTERN: ReadonlyMap<string, SourceKind> = new Map([
  ['log', 'pod_logs'],
  ['hubble', 'hubble'],
  ['envoy', 'envoy'],
])

const ofApi = (apiVersion: string): SourceKind =>
  apiVersion.startsWith('argoproj.io/')
    ? 'argocd'
    : apiVersion.includes('.toolkit.fluxcd.io/')
      ? 'flux'
      : 'k8sobjects'

/** Which source a record came from, by what it turned out to be. */
export const sourceOf = (record: LogRecord, read: ReadOne): SourceKind => {
  if (isK8sEventsRecord(record)) return 'k8s_events'
  if (!read.ok) return 'unknown'
  if ('skipped' in read) return read.source ?? 'k8sobjects'
  const { signal } = read
  switch (signal.t) {
    case 'alert':
      return 'alertmanager'
    case 'cost':
      return 'opencost'
    case 'pattern':
      return OF_PATTERN.get(signal.pattern.source) ?? 'unknown'
    case 'release':
      return signal.release.tool === 'argocd' ? 'argocd' : 'flux'
    case 'object':
      return signal.object.report === undefined
        ? ofApi(signal.object.apiVersion)
        : signal.object.report.by === 'trivy'
          ? 'trivy'
          : 'policies'
    case 'metric':
      return 'metrics'
    case 'event':
    case 'again':
    case 'unclassified':
      return 'k8sobjects'
  }
}
