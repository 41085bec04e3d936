import { fit, fitOwner, pad, padLeft, widthOf } from './cells.ts'
import type { Paint } from './paint.ts'
import { plain } from './plain.ts'

/** One incident for people; every text may come from a cluster and is made harmless here. */
export interface IncidentRow {
  readonly severity: string
  readonly status: string
  /** How long ago it began. */
  readonly since: string
  readonly count: string
  readonly owner: string
  readonly problem: string
  readonly why: string
  /** Shown only where there are several. */
  readonly cluster?: string
  /** Beginning of the id, where there is one to ask for. */
  readonly id?: string
}

export interface TableOptions {
  /** Infinity: nothing is cut. */
  readonly columns: number
  readonly paint: Paint
  /** There are several clusters, also where these rows are of one. */
  readonly severalClusters?: boolean
}

interface Column {
  readonly title: string
  readonly of: (row: IncidentRow) => string
  readonly max: number
  readonly right?: boolean
  readonly fit?: (text: string, width: number) => string
  readonly paint?: (text: string, row: IncidentRow, paint: Paint) => string
}

const GAP = '  '
/** Below this the reason gets a line of its own. */
const WHY_MIN = 36

const columnsOf = (rows: readonly IncidentRow[], severalClusters: boolean): readonly Column[] => [
  ...(rows.some((row) => row.id !== undefined)
    ? [{ title: 'ID', of: (row: IncidentRow) => row.id ?? '', max: 8 }]
    : []),
  {
    title: 'SEV',
    of: (row) => row.severity,
    max: 3,
    paint: (text, row, paint) => paint.severity(row.severity, text),
  },
  { title: 'SINCE', of: (row) => row.since, max: 6, right: true },
  { title: 'COUNT', of: (row) => row.count, max: 8, right: true },
  {
    title: 'STATUS',
    of: (row) => row.status,
    max: 13,
    paint: (text, row, paint) => paint.status(row.status, text),
  },
  { title: 'PROBLEM', of: (row) => row.problem, max: 14 },
  ...(severalClusters || new Set(rows.map((row) => row.cluster)).size > 1
    ? [{ title: 'CLUSTER', of: (row: IncidentRow) => row.cluster ?? '', max: 20 }]
    : []),
  { title: 'OWNER', of: (row) => row.owner, max: 60, fit: fitOwner },
]

/** The lines of a table that fits into `columns`: the reason beside each incident, or below it where there is no room. */
export const incidentTable = (
  rows: readonly IncidentRow[],
  { columns, paint, severalClusters = false }: TableOptions,
): string[] => {
  const clean = rows.map(cleanRow)
  const cols = columnsFitting(columnsOf(clean, severalClusters), clean, columns)
  const widths = widthsFor(cols, clean, columns)
  const used = sum(widths) + GAP.length * widths.length
  const room = columns - used
  const beside = room >= WHY_MIN
  const head = cols.map((col, i) => (col.right === true ? padLeft : pad)(col.title, widths[i] ?? 0))
  const lines = [paint.dim(fit([...head, ...(beside ? ['WHY'] : [])].join(GAP).trimEnd(), columns))]
  for (const row of clean) {
    const cells = cols.map((col, i) => cell(col, row, widths[i] ?? 0, paint))
    const why = fit(row.why, beside ? room : columns - 6)
    lines.push([...cells, ...(beside ? [why] : [])].join(GAP).trimEnd())
    // what is over needs no second line
    if (!beside && why !== '' && row.status !== 'resolved') lines.push(`      ${paint.dim(why)}`)
  }
  return lines
}

/** Whether there was room for the counts, so that their marks want an explanation. */
export const showsCount = (table: readonly string[]): boolean =>
  table[0]?.includes(' COUNT ') ?? false

const cleanRow = (row: IncidentRow): IncidentRow => ({
  severity: plain(row.severity, 8),
  status: plain(row.status, 16),
  since: row.since,
  count: row.count,
  owner: plain(row.owner, 400),
  problem: plain(row.problem, 80),
  why: plain(row.why, 2000),
  ...(row.cluster === undefined ? {} : { cluster: plain(row.cluster, 200) }),
  ...(row.id === undefined ? {} : { id: plain(row.id, 8) }),
})

/** What a narrow terminal can do without, first of all: the line below says more than the problem's name, and the order tells what is over. */
const SPARE = ['COUNT', 'PROBLEM', 'SINCE', 'STATUS', 'ID'] as const
/** Room in which kind and name are told apart, as a rule. */
const OWNER_ENOUGH = 30
const OWNER_MIN = 12

const columnsFitting = (
  cols: readonly Column[],
  rows: readonly IncidentRow[],
  columns: number,
): readonly Column[] => {
  let kept = cols
  for (const spare of SPARE) {
    const widths = kept.map((col) => widest(col, rows, columns))
    const owner = Math.min(widths.at(-1) ?? 0, OWNER_ENOUGH)
    if (sum(widths.slice(0, -1)) + GAP.length * (widths.length - 1) + owner <= columns) return kept
    kept = kept.filter(({ title }) => title !== spare)
  }
  return kept
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

const widest = (col: Column, rows: readonly IncidentRow[], columns: number): number =>
  Math.min(
    Number.isFinite(columns) ? col.max : columns,
    Math.max(widthOf(col.title), ...rows.map((row) => widthOf(col.of(row)))),
  )

/** As wide as the widest cell, within bounds; where that is too much the last column, the owner, gives way. */
const widthsFor = (
  cols: readonly Column[],
  rows: readonly IncidentRow[],
  columns: number,
): number[] => {
  const widths = cols.map((col) => widest(col, rows, columns))
  const fixed = sum(widths.slice(0, -1)) + GAP.length * (widths.length - 1)
  return [
    ...widths.slice(0, -1),
    Math.max(OWNER_MIN, Math.min(widths.at(-1) ?? 0, columns - fixed)),
  ]
}

const cell = (col: Column, row: IncidentRow, width: number, paint: Paint): string => {
  const said = col.fit === undefined ? col.of(row) : col.fit(col.of(row), width)
  const text = (col.right === true ? padLeft : pad)(said, width)
  return col.paint === undefined ? text : col.paint(text, row, paint)
}
