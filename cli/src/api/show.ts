import { distanceWords } from '@kubesift/core-diagnosis'
import { costText } from '../render/cost-text.ts'
import { plain, plainCommand } from '../render/plain.ts'
import { adviceText, countText, counted, ownerText, shortAge } from '../render/words.ts'
import { isLive } from './order.ts'
import { findingLines, linkLines, observationLines } from './show-more.ts'
import { INDENT, told, timeText, type ShowOptions } from './show-text.ts'
import type { ApiIncident } from './wire.ts'

const EVIDENCE = 12
const NOTES = 50
const POSITIONS = 3

/** Everything of one incident for people: what is broken, since when, what changed, what to do, and on what grounds. */
export const showIncident = (incident: ApiIncident, options: ShowOptions): string[] => [
  ...headline(incident, options),
  ...section('Why', whyLines(incident, options), options),
  ...section('What changed', changeLines(incident, options), options),
  ...section(
    isLive(incident) ? 'What to do' : 'What was advised',
    adviceLines(incident, options),
    options,
  ),
  ...section('Grouped with', groupLines(incident, options), options),
  ...section('In other clusters', linkLines(incident, options), options),
  ...section('What was seen', reasonLines(incident, options), options),
  ...section('What logs and the network say', observationLines(incident, options), options),
  ...section('What scanners found', findingLines(incident, options), options),
  ...section('On', objectLines(incident), options),
  ...section('Evidence', evidenceLines(incident, options), options),
  ...section('Timeline', noteLines(incident, options), options),
]

const section = (title: string, lines: readonly string[], { paint }: ShowOptions): string[] =>
  lines.length === 0 ? [] : ['', paint.bold(title), ...lines]

const ago = (at: number | null, now: number): string =>
  at === null ? '' : ` (${shortAge(now - at)} ago)`

const headline = (incident: ApiIncident, { paint, now }: ShowOptions): string[] => {
  const owner = plain(
    ownerText(incident.namespace, incident.resourceKind, incident.resourceName),
    300,
  )
  const { resolution } = incident
  return [
    `${paint.severity(incident.severity, incident.severity)} ${paint.bold(plain(incident.title, 300))}`,
    `${INDENT}owner    ${owner}  (cluster ${plain(incident.cluster, 100)})`,
    `${INDENT}problem  ${plain(incident.problem, 60)}`,
    `${INDENT}status   ${paint.status(incident.status, incident.status)}${incident.reopenCount > 0 ? `, reopened ${incident.reopenCount}×` : ''}`,
    ...(resolution === null || resolution === undefined
      ? []
      : [
          `${INDENT}resolved ${resolution.by === 'recovered' ? 'well since ' : ''}${timeText(resolution.at)} (${plain(resolution.by, 60)}): ${plain(resolution.why, 300)}`,
        ]),
    `${INDENT}since    ${timeText(incident.firstSeenAt)}${ago(incident.firstSeenAt, now)}, last seen ${timeText(incident.lastSeenAt)}${ago(incident.lastSeenAt, now)}`,
    `${INDENT}count    ${countText(incident.occurrenceCount, incident.countQuality)} (${incident.countQuality.replaceAll('_', ' ')})`,
    ...(incident.cost === null || incident.cost === undefined
      ? []
      : [`${INDENT}costs    ${costText(incident.cost)}`]),
    `${INDENT}id       ${plain(incident.id, 80)}  revision ${incident.revision}, episode ${incident.episode}`,
    ...(incident.previousId === '' ? [] : [`${INDENT}before   ${plain(incident.previousId, 80)}`]),
    ...(incident.mergedIntoId === ''
      ? []
      : [`${INDENT}merged   into ${plain(incident.mergedIntoId, 80)}`]),
    ...incident.severityTerms.map(
      ({ term, points, why }) =>
        `${INDENT}${paint.dim(`severity ${points >= 0 ? '+' : ''}${points} ${plain(term, 40)}: ${plain(why, 200)}`)}`,
    ),
  ]
}

const whyLines = ({ analysis }: ApiIncident, options: ShowOptions): string[] => {
  if (analysis === null || analysis === undefined) return []
  return [
    ...told(analysis.hypothesis, options),
    ...told(
      `${Math.round(analysis.confidence * 100)} % sure, by ${analysis.by === 'known' ? 'the rule' : analysis.by} ${analysis.rule} (${analysis.class}, ${analysis.cause})`,
      options,
    ),
    ...analysis.confidenceReasons.flatMap((reason) => told(reason, options, '· ')),
    ...(analysis.refutedBy === '' ? [] : told(analysis.refutedBy, options, 'wrong if ')),
  ]
}

const changeLines = ({ changes }: ApiIncident, options: ShowOptions): string[] =>
  changes.flatMap((change) => {
    const revisions =
      change.toRevision === ''
        ? ''
        : `, revision ${change.fromRevision === '' ? '?' : change.fromRevision} → ${change.toRevision}`
    const by = change.by === '' ? '' : `, by ${change.by}`
    return [
      ...told(changeText(change), options, '• '),
      ...told(`${timeText(change.at)}${distanceText(change)}${revisions}${by}`, options, '  '),
      ...(change.via === '' ? [] : told(change.via, options, '  ')),
      ...(change.note === '' ? [] : told(`“${change.note}”`, options, '  ')),
    ]
  })

/** In the words of the explanation above it. */
const distanceText = ({ at, distanceMs }: ApiIncident['changes'][number]): string =>
  at === null ? '' : `, ${distanceWords({ at, distanceMs })} the first symptom`

/** Summaries may begin with what they are: it is said once. */
const changeText = ({
  kind,
  rollback,
  summary,
  object,
  via,
}: ApiIncident['changes'][number]): string => {
  if (via !== '' && object) return `${object.kind}/${object.name}: ${summary}`
  if (rollback) return `rollback: ${summary.replace(/^rolled back: /, '')}`
  return summary.startsWith(kind) ? summary : `${kind}: ${summary}`
}

const adviceLines = ({ analysis }: ApiIncident, options: ShowOptions): string[] =>
  (analysis?.recommendations ?? []).flatMap(({ text, command }) => {
    const line = command === '' ? undefined : plainCommand(command)
    return [
      ...told(adviceText(text, line), options, '→ '),
      ...(line === undefined ? [] : [`${INDENT}  $ ${line}`]),
    ]
  })

const hitText = (radius: ApiIncident['blastRadius']): string =>
  radius === null || radius === undefined
    ? ''
    : `, which has hit ${counted(radius.workloads, 'other workload', 'other workloads')} in ${counted(radius.namespaces, 'namespace', 'namespaces')}`

/** Which others it belongs with, through what, and which of them stands for the cause. */
const groupLines = (
  { id, group, primaryId, joins, blastRadius }: ApiIncident,
  options: ShowOptions,
): string[] => [
  ...(primaryId === '' || (group === id && joins.length === 0 && primaryId === id)
    ? []
    : told(
        primaryId === id
          ? `it stands for the cause of the group ${group.slice(0, 8)}${hitText(blastRadius)}`
          : `the cause of the group ${group.slice(0, 8)} is ${primaryId.slice(0, 8)}`,
        options,
      )),
  ...joins.flatMap(({ incidentId, thing, why, directed }) =>
    told(
      `${directed ? 'follows' : 'same cause as'} ${incidentId.slice(0, 8)}: ${why} (${thing})`,
      options,
      '• ',
    ),
  ),
]

const reasonLines = ({ reasons }: ApiIncident, options: ShowOptions): string[] =>
  reasons.flatMap((r) =>
    told(
      `${countText(r.count, r.quality)} × ${r.reason} (${r.source === 'state' ? 'state' : r.type}, last ${timeText(r.lastAt)}): ${r.message}`,
      options,
      '• ',
    ),
  )

/** One thing may be there under several UIDs (Events of a Node have its name or its UID): it is named once. */
const objectLines = ({ objects, objectsTotal }: ApiIncident): string[] => {
  const lines = objects.map(({ kind, namespace, name, node }) => {
    const text = ownerText(namespace, kind, name)
    return `${INDENT}${plain(text, 200)}${node === '' ? '' : ` on ${plain(node, 100)}`}`
  })
  const named = [...new Set(lines)]
  const doubled = lines.length - named.length
  const shown = named.slice(0, 10)
  const rest = Math.max(objectsTotal, objects.length) - doubled - shown.length
  return [...shown, ...(rest > 0 ? [`${INDENT}… and ${counted(rest, 'more', 'more')}`] : [])]
}

/** What is cited comes first; each entry names the records that said it, as `topic/partition/offset`. */
const evidenceLines = ({ evidence, analysis }: ApiIncident, options: ShowOptions): string[] => {
  const cited = new Set(analysis?.evidence ?? [])
  const ordered = [
    ...evidence.filter((e) => cited.has(e.id)),
    ...evidence.filter((e) => !cited.has(e.id)),
  ]
  const lines = ordered.slice(0, EVIDENCE).flatMap((entry) => {
    const places = entry.records
      .slice(0, POSITIONS)
      .map((r) => `${r.topic}/${r.partition}/${r.offset}`)
    return [
      ...told(
        `${timeText(entry.at)} ${entry.kind}: ${entry.text}`,
        options,
        cited.has(entry.id) ? '* ' : '• ',
      ),
      ...(places.length === 0
        ? []
        : [`${INDENT}    ${options.paint.dim(plain(places.join(' '), 300))}`]),
    ]
  })
  const rest = ordered.length - EVIDENCE
  return [
    ...lines,
    ...(rest > 0
      ? [`${INDENT}… and ${counted(rest, 'more', 'more')} (--format json shows all)`]
      : []),
  ]
}

const noteLines = ({ notes }: ApiIncident, options: ShowOptions): string[] => {
  const rest = notes.length - NOTES
  return [
    ...(rest > 0 ? [`${INDENT}… ${counted(rest, 'earlier note')}`] : []),
    ...notes
      .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
      .slice(-NOTES)
      .flatMap((note) => told(`${note.text} (${note.actor})`, options, `${timeText(note.at)} `)),
  ]
}
