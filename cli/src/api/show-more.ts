import { countText, ownerText } from '../render/words.ts'
import { told, timeText, type ShowOptions } from './show-text.ts'
import type { ApiIncident } from './wire.ts'

type Ref = ApiIncident['observations'][number]['object']

const refText = (ref: Ref): string =>
  ref === null || ref === undefined ? '' : ownerText(ref.namespace, ref.kind, ref.name)

/** Patterns of log lines and of refused connections: how often, since when, whose, with whom; and the newest as it was. */
export const observationLines = ({ observations }: ApiIncident, options: ShowOptions): string[] =>
  observations.flatMap(
    ({ source, reason, text, count, quality, lastAt, object, container, peer, example }) => {
      const who = [refText(object), container].filter((part) => part !== '').join(' ')
      const other = refText(peer)
      const about = `${source}, last ${timeText(lastAt)}${who === '' ? '' : `, ${who}`}${other === '' ? '' : `, with ${other}`}`
      return [
        ...told(`${countText(count, quality)} × ${reason} (${about}): ${text}`, options, '• '),
        ...(example === '' || example === text ? [] : told(example, options, '    ')),
      ]
    },
  )

/** Incidents of other clusters that the same delivery has caused. */
export const linkLines = ({ links }: ApiIncident, options: ShowOptions): string[] =>
  links.flatMap(({ incidentId, why }) => told(`${why} (${incidentId.slice(0, 8)})`, options, '• '))

/** Findings of scanners and policy engines: how many of which severity, and the worst. */
export const findingLines = ({ findings }: ApiIncident, options: ShowOptions): string[] =>
  findings.flatMap(({ by, type, about, counts, worst, at }) => {
    const numbers = Object.entries(counts)
      .filter(([, n]) => n > 0)
      .map(([severity, n]) => `${n} ${severity}`)
      .join(', ')
    return [
      ...told(
        `${by} ${type}${about === '' ? '' : ` of ${about}`}${numbers === '' ? '' : `: ${numbers}`} (${timeText(at)})`,
        options,
        '• ',
      ),
      ...worst.flatMap(({ id, severity, text }) =>
        told(`${severity} ${id}: ${text}`, options, '    '),
      ),
    ]
  })
