import { apiRows, inOrder, isLive } from '../api/order.ts'
import type { ApiIncident } from '../api/wire.ts'
import { wrap } from '../render/cells.ts'
import { incidentTable } from '../render/incident-table.ts'
import type { Paint } from '../render/paint.ts'
import { plain } from '../render/plain.ts'
import { countText, ownerText } from '../render/words.ts'

export interface BoardView {
  readonly columns: number
  /** Lines that may be used. */
  readonly rows: number
  readonly paint: Paint
  readonly now: number
  readonly footer: readonly string[]
  /** Why it is not up to date, where it is not. */
  readonly away?: string | undefined
}

/** The newest state of each incident, and how it looks. */
export class Board {
  readonly #incidents = new Map<string, ApiIncident>()
  readonly #keep: (incident: ApiIncident) => boolean

  constructor(keep: (incident: ApiIncident) => boolean = () => true) {
    this.#keep = keep
  }

  /** A list replaces what was known; answers what is new in it. */
  all(incidents: readonly ApiIncident[]): ApiIncident[] {
    const before = new Map(this.#incidents)
    this.#incidents.clear()
    return incidents.filter((incident) => {
      const known = before.get(incident.id)
      this.#incidents.set(
        incident.id,
        known !== undefined && known.revision > incident.revision ? known : incident,
      )
      return known === undefined || known.revision < incident.revision
    })
  }

  /** False for what is older than, or the same as, what is known: streams repeat themselves after a break. */
  changed(incident: ApiIncident): boolean {
    const known = this.#incidents.get(incident.id)
    if (known !== undefined && known.revision >= incident.revision) return false
    this.#incidents.set(incident.id, incident)
    return true
  }

  /** The former state of an incident that is about to change. */
  get(id: string): ApiIncident | undefined {
    return this.#incidents.get(id)
  }

  kept(incident: ApiIncident): boolean {
    return this.#keep(incident)
  }

  /** The block of lines, never higher than the terminal: what is open first, then as many of the others as there is room for. */
  lines({ columns, rows, paint, now, footer, away }: BoardView): string[] {
    const all = inOrder([...this.#incidents.values()].filter(this.#keep))
    const open = all.filter(isLive).length
    const head =
      all.length === 0 ? 'No incidents yet.' : `${open} open, ${all.length - open} resolved`
    const bottom = [...footer, ...(away === undefined ? [] : [`not up to date: ${away}`])]
      .flatMap((line) => wrap(plain(line, 400), columns))
      .map((line) => paint.dim(line))
      .slice(0, Math.max(1, Math.floor(rows / 2)))
    const room = Math.max(1, rows - bottom.length - 5)
    const table = incidentTable(apiRows(all.slice(0, room), now, all), {
      columns,
      paint,
      severalClusters: new Set(all.map(({ cluster }) => cluster)).size > 1,
    })
    // with a second line per incident fewer fit
    const shown = table.slice(0, room + 1)
    // the line below an incident is set in
    const rowsShown = shown.slice(1).filter((line) => !line.startsWith('      ')).length
    const hidden = all.length - rowsShown
    return [
      paint.bold(head),
      ...(all.length === 0 ? [] : shown),
      ...(hidden > 0 ? [paint.dim(`… ${hidden} more: ./kubesift incidents list`)] : []),
      '',
      ...bottom,
    ]
  }
}

/** One line about a change, for where there is no terminal to draw on. */
export const changeLine = (
  incident: ApiIncident,
  before: ApiIncident | undefined,
  at: string,
): string | undefined => {
  const said = before === undefined ? incident.status : saidOf(incident, before)
  if (said === undefined) return undefined
  const owner = ownerText(incident.namespace, incident.resourceKind, incident.resourceName)
  const count = countText(incident.occurrenceCount, incident.countQuality)
  const why = plain(incident.analysis?.hypothesis ?? incident.title, 300)
  return `${at} ${incident.id.slice(0, 8)} ${incident.severity} ${plain(said, 40)} ${plain(owner, 200)} ${plain(incident.problem, 40)} (${count}×): ${why}`
}

/** Counts alone are not worth a line. */
const saidOf = (now: ApiIncident, before: ApiIncident): string | undefined => {
  if (now.status !== before.status) return now.status
  if (now.severity !== before.severity) return `${before.severity}→${now.severity}`
  return (now.analysis?.hypothesis ?? '') === (before.analysis?.hypothesis ?? '')
    ? undefined
    : 'explained'
}
