import type { At } from '../kube-event.ts'
import type { LogRecord } from '../log-record.ts'
import { compact, cut, type Json } from '../pick.ts'
import type { Read } from '../read.ts'
import { accessLogIn, fromAccessLog } from './envoy.ts'
import { errorIn } from './level.ts'
import { masked, shown, uncoloured } from './mask.ts'
import { seenAs } from './pattern-of.ts'
import type { PodOfLog } from './pod-of.ts'

/** The container runtime's own head of a line, where no parser of the Collector took it off. */
const CRI = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) std(?:out|err) [FP] /

const LINE = 4_096

const textOf = (record: LogRecord): string =>
  typeof record.body === 'string' ? uncoloured(cut(record.body, LINE)).replace(CRI, '') : ''

/**
 * One line (or what the Collector joined of several) of a container: an error by its level, or by words that only errors have, is a pattern;
 * anything else says nothing here by design.
 */
export const fromPodLog = (
  record: LogRecord,
  body: Json | undefined,
  { pod, at }: { readonly pod: PodOfLog; readonly at: At },
): Read => {
  const access = body === undefined ? undefined : accessLogIn(body)
  if (access !== undefined) return fromAccessLog(access, pod, at)
  const line = errorIn(record, body, textOf(record))
  if (line === undefined)
    return { ok: true, skipped: 'a log line that is no error', source: 'pod_logs' }
  const { ref, container } = pod
  return seenAs(
    compact({
      source: 'log',
      reason: 'LogError',
      involved: ref,
      container,
      text: masked(line),
      example: shown(line),
    }),
    at,
  )
}
