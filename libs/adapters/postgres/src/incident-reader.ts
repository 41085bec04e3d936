import {
  type Incident,
  type IncidentStatus,
  type Position,
  type Severity,
} from '@kubesift/contracts'
import { severityRank, type NoteKind } from '@kubesift/core-incident'
import type { Database } from './database.ts'
import { INCIDENT_COLUMNS, INCIDENT_TABLES, incidentOf, type IncidentRow } from './incident-rows.ts'

/** Which incidents; an empty field asks for nothing. */
export interface IncidentFilter {
  readonly statuses: readonly IncidentStatus[]
  readonly severities: readonly Severity[]
  readonly cluster: string
  readonly namespace: string
  readonly problem: string
  /** Part of title, owner or reason, any case. */
  readonly text: string
}

/** Where a page ended, in the order of the list. */
export interface PageEnd {
  readonly severityRank: number
  readonly lastSeenAt: number
  readonly id: string
}

/** A note as it was written. */
export interface StoredNote {
  readonly seq: number
  readonly kind: NoteKind
  readonly actor: string
  readonly at: number
  readonly text: string
  readonly causes: readonly Position[]
}

interface NoteRow {
  readonly seq: string
  readonly kind: NoteKind
  readonly actor: string
  readonly at: Date
  readonly text: string
  readonly causes: readonly Position[]
}

const noteOfRow = ({ seq, at, ...rest }: NoteRow): StoredNote => ({
  ...rest,
  seq: Number(seq),
  at: at.getTime(),
})

class Conditions {
  readonly values: unknown[] = []
  readonly #parts: string[] = []

  add(value: unknown, condition: (placeholder: string) => string): void {
    this.values.push(value)
    this.#parts.push(condition(`$${this.values.length}`))
  }

  get text(): string {
    return this.#parts.length === 0 ? 'true' : this.#parts.join(' and ')
  }
}

const conditionsOf = (filter: IncidentFilter, after: PageEnd | undefined): Conditions => {
  const where = new Conditions()
  if (filter.statuses.length > 0) where.add(filter.statuses, (p) => `i.status = any(${p}::text[])`)
  if (filter.severities.length > 0) {
    where.add(filter.severities.map(severityRank), (p) => `i.severity_rank = any(${p}::smallint[])`)
  }
  if (filter.cluster !== '') where.add(filter.cluster, (p) => `i.cluster = ${p}`)
  if (filter.namespace !== '') where.add(filter.namespace, (p) => `i.namespace = ${p}`)
  if (filter.problem !== '') where.add(filter.problem, (p) => `i.problem = ${p}`)
  if (filter.text !== '') where.add(filter.text.toLowerCase(), (p) => `strpos(i.search, ${p}) > 0`)
  if (after !== undefined) addKeyset(where, after)
  return where
}

/** "After" in an order with one falling column: a row comparison cannot say it. */
const addKeyset = (where: Conditions, after: PageEnd): void => {
  where.add([after.severityRank, after.lastSeenAt / 1000, after.id], (p) => {
    const [rank, at, id] = [
      `(${p}::text[])[1]::smallint`,
      `to_timestamp((${p}::text[])[2]::float8)`,
      `(${p}::text[])[3]::uuid`,
    ]
    return `i.severity_rank >= ${rank} and (i.severity_rank > ${rank} or i.last_seen_at < ${at} or (i.last_seen_at = ${at} and i.id > ${id}))`
  })
}

/** Where the list goes on after this incident. */
export const pageEndOf = (incident: Incident): PageEnd => ({
  severityRank: severityRank(incident.severity),
  lastSeenAt: incident.lastSeenAt,
  id: incident.id,
})

/** What an id, or the beginning of one, names. */
export type Found =
  | { readonly ok: true; readonly incident: Incident }
  | { readonly ok: false; readonly matches: number }

/** Reads incidents for the API. */
export class IncidentReader {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Most severe first, then last seen first, then by id: an order in which pages neither repeat nor shift when others are added. */
  async list(
    filter: IncidentFilter,
    limit: number,
    after: PageEnd | undefined,
  ): Promise<readonly Incident[]> {
    const where = conditionsOf(filter, after)
    const rows = await this.#database.rows<IncidentRow>(
      `select ${INCIDENT_COLUMNS} from ${INCIDENT_TABLES} where ${where.text}
       order by i.severity_rank, i.last_seen_at desc, i.id limit ${Math.trunc(limit)}`,
      where.values,
    )
    return rows.map(incidentOf)
  }

  /** By id, or by the only id that begins so. */
  async find(idOrPrefix: string): Promise<Found> {
    const padded = (filler: string): string => {
      const hex = idOrPrefix.replaceAll('-', '').padEnd(32, filler)
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    }
    const rows = await this.#database.rows<IncidentRow>(
      `select ${INCIDENT_COLUMNS} from ${INCIDENT_TABLES}
       where i.id between $1::uuid and $2::uuid limit 2`,
      [padded('0'), padded('f')],
    )
    const [row] = rows
    if (row === undefined || rows.length > 1) return { ok: false, matches: rows.length }
    return { ok: true, incident: incidentOf(row) }
  }

  /** The story of an incident, in the order in which it was written. */
  async notes(incidentId: string): Promise<readonly StoredNote[]> {
    const rows = await this.#database.rows<NoteRow>(
      'select seq, kind, actor, at, text, causes from note where incident_id = $1 order by seq',
      [incidentId],
    )
    return rows.map(noteOfRow)
  }

  /** Where the consumer of this partition stands; undefined when it never came there. */
  async position(topic: string, partition: number): Promise<number | undefined> {
    const [row] = await this.#database.rows<{ next: string }>(
      'select next_offset as next from stream_position where topic = $1 and partition = $2',
      [topic, partition],
    )
    return row === undefined ? undefined : Number(row.next)
  }
}
