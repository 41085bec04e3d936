import type { CountQuality, NoticeKind } from '@kubesift/contracts'
import { CHANGES_CLUSTER, changesCluster } from '@kubesift/core-diagnosis'
import { formatInstant } from '@kubesift/core-signal'
import type { NoticeBody, Subject } from './subject.ts'

const tellTime = (kind: NoticeKind, { resolvedAt, firstSeenAt, lastSeenAt }: Subject): number => {
  if (kind === 'resolved') return resolvedAt ?? lastSeenAt
  return kind === 'opened' ? firstSeenAt : lastSeenAt
}

/** For machines: the body of a webhook. */
export const renderBody = (kind: NoticeKind, key: string, subject: Subject): NoticeBody => {
  const { traceparent: _, ...data } = subject
  return {
    type: `incident.${kind}`,
    timestamp: formatInstant(tellTime(kind, subject)),
    id: key,
    data: {
      ...data,
      firstSeenAt: formatInstant(subject.firstSeenAt),
      lastSeenAt: formatInstant(subject.lastSeenAt),
      resolvedAt: subject.resolvedAt === null ? null : formatInstant(subject.resolvedAt),
    },
  }
}

const COUNT: Readonly<Record<CountQuality, string>> = {
  exact: '',
  aggregated: ' (partly counted together)',
  lower_bound: ' or more',
}

const times = (n: number): string => (n === 1 ? 'once' : `${n} times`)

const where = ({ cluster, namespace, owner }: Subject): string =>
  `${namespace === '' ? '' : `${namespace}/`}${owner}${cluster === '' ? '' : ` in ${cluster}`}`

const seen = (s: Subject): string => {
  const reasons = s.reasons.length === 0 ? '' : ` (${s.reasons.join(', ')})`
  return `since ${formatInstant(s.firstSeenAt)}, ${times(s.count)}${COUNT[s.countQuality]}${reasons}`
}

const explained = ({ analysis }: Subject): string[] => {
  if (!analysis) return ['not yet explained']
  const { confidence, hypothesis, evidence, commands } = analysis
  return [
    `likely (${Math.round(confidence * 100)} %): ${hypothesis}`,
    ...evidence.map((text) => `  because: ${text}`),
    ...commands.map(({ text, command }) => {
      if (command === null || command === '') return `  do: ${text}`
      return `  try${changesCluster(command) ? ` ${CHANGES_CLUSTER}` : ''}: ${command}`
    }),
  ]
}

const alsoHit = ({ others, othersTotal }: Subject): string[] => {
  if (othersTotal === 0) return []
  const more = othersTotal > others.length ? ` and ${othersTotal - others.length} more` : ''
  return [`also hit: ${others.join(', ')}${more}`]
}

const elsewhere = (subject: Subject): string[] => subject.elsewhere.map((why) => `also: ${why}`)

const headline = (kind: NoticeKind, s: Subject): string =>
  `${s.severity} ${kind}: ${s.problem} of ${where(s)}`

/** For people, as plain lines: what, how bad and why, since when, what changed, what it is likely to be, what to do. */
export const renderText = (kind: NoticeKind, subject: Subject): string => {
  if (kind === 'resolved') {
    const at = subject.resolvedAt === null ? '' : ` since ${formatInstant(subject.resolvedAt)}`
    const why = subject.resolvedWhy ?? subject.status
    return [headline(kind, subject), `over${at}: ${why}`, seen(subject), ...alsoHit(subject)].join(
      '\n',
    )
  }
  const severity =
    subject.severityWhy.length === 0
      ? []
      : [`${subject.severity} because: ${subject.severityWhy.join('; ')}`]
  return [
    headline(kind, subject),
    ...(subject.title === '' ? [] : [subject.title]),
    seen(subject),
    ...alsoHit(subject),
    ...severity,
    ...(subject.change === null ? [] : [`changed: ${subject.change}`]),
    ...elsewhere(subject),
    ...explained(subject),
  ].join('\n')
}
