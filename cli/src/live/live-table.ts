import { formatInstant } from '@kubesift/core-signal'
import type { Followed } from '../api/follow.ts'
import type { ApiIncident } from '../api/wire.ts'
import type { CliContext } from '../frame/verb.ts'
import { columnsFor, paintFor } from '../render/paint.ts'
import { plain } from '../render/plain.ts'
import { Board, changeLine } from './board.ts'
import { Screen } from './screen.ts'

export interface LiveTableOptions {
  readonly changes: AsyncIterable<Followed>
  readonly context: Pick<CliContext, 'stdout' | 'env' | 'now' | 'signal' | 'print'>
  readonly keep?: (incident: ApiIncident) => boolean
  /** Lines below the table; read anew at each drawing. */
  readonly footer: readonly string[] | (() => readonly string[])
}

/** Ages grow and counts come in bursts: often enough for the eye, seldom enough for the processor. */
const REDRAW_MS = 500

/** Shows incidents as they are, until the changes end: a table drawn over itself on a terminal, else a line per change. */
export const liveTable = async (options: LiveTableOptions): Promise<void> => {
  const board = new Board(options.keep)
  const { stdout } = options.context
  return stdout.isTTY ? drawn(board, options) : appended(board, options)
}

const footerOf = ({ footer }: LiveTableOptions): readonly string[] =>
  typeof footer === 'function' ? footer() : footer

const drawn = async (board: Board, options: LiveTableOptions): Promise<void> => {
  const { context, changes } = options
  const screen = new Screen(context.stdout)
  const paint = paintFor(context)
  let away: string | undefined
  let stale = true
  const draw = (): void => {
    stale = false
    screen.draw(
      board.lines({
        columns: columnsFor(context),
        rows: context.stdout.rows,
        paint,
        now: context.now(),
        footer: footerOf(options),
        away,
      }),
    )
  }
  const ticking = setInterval(draw, REDRAW_MS)
  try {
    draw()
    for await (const change of changes) {
      if (change.t === 'all') board.all(change.incidents)
      else if (change.t === 'changed') board.changed(change.incident)
      else away = change.t === 'away' ? change.why : undefined
      stale = true
    }
  } finally {
    clearInterval(ticking)
    if (stale) draw()
    screen.end()
  }
}

const appended = async (board: Board, options: LiveTableOptions): Promise<void> => {
  const { context, changes } = options
  for (const line of footerOf(options)) context.print(line)
  const tell = (incident: ApiIncident, before: ApiIncident | undefined): void => {
    const at = formatInstant(Math.floor(context.now() / 1000) * 1000)
    const line = board.kept(incident) ? changeLine(incident, before, at) : undefined
    if (line !== undefined) context.print(line)
  }
  for await (const change of changes) {
    if (change.t === 'all') {
      const before = new Map(change.incidents.map(({ id }) => [id, board.get(id)]))
      for (const incident of board.all(change.incidents)) tell(incident, before.get(incident.id))
    } else if (change.t === 'changed') {
      const before = board.get(change.incident.id)
      if (board.changed(change.incident)) tell(change.incident, before)
    } else
      context.print(
        change.t === 'away' ? `not up to date: ${plain(change.why, 300)}` : 'up to date again',
      )
  }
}
