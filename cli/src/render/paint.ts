/** Colours, by what they mean. */
export interface Paint {
  readonly severity: (severity: string, text: string) => string
  readonly status: (status: string, text: string) => string
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

const wrapIn =
  (code: string) =>
  (text: string): string =>
    text === '' ? text : `\u001b[${code}m${text}\u001b[0m`
const same = (text: string): string => text

const bySeverity: Readonly<Record<string, (text: string) => string>> = {
  P1: wrapIn('1;31'),
  P2: wrapIn('33'),
  P3: wrapIn('36'),
}
const byStatus: Readonly<Record<string, (text: string) => string>> = {
  open: wrapIn('31'),
  resolved: wrapIn('32'),
  closed: wrapIn('2'),
  merged: wrapIn('2'),
}

const coloured: Paint = {
  severity: (severity, text) => (bySeverity[severity] ?? same)(text),
  status: (status, text) => (byStatus[status] ?? same)(text),
  bold: wrapIn('1'),
  dim: wrapIn('2'),
}
const none: Paint = {
  severity: (_, text) => text,
  status: (_, text) => text,
  bold: same,
  dim: same,
}

interface Terminal {
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number }
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Colours only for a terminal, and none where `NO_COLOR` is set (no-color.org) or the terminal is dumb. */
export const paintFor = ({ stdout, env }: Terminal): Paint => {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  return stdout.isTTY === true && !refused ? coloured : none
}

const asked = ({ stdout, env }: Terminal): number | undefined => {
  const columns = stdout.columns ?? Number(env['COLUMNS'] ?? Number.NaN)
  return Number.isInteger(columns) && columns > 0 ? Math.min(Math.max(columns, 40), 400) : undefined
}

/** Columns to wrap text to: those of the terminal, else `COLUMNS`, else 120. */
export const columnsFor = (terminal: Terminal): number => asked(terminal) ?? 120

/** Columns for a table: the same, but no limit where nobody named one, because a table is cut and a file or `grep` can take all of it. */
export const tableColumnsFor = (terminal: Terminal): number =>
  asked(terminal) ?? Number.POSITIVE_INFINITY
