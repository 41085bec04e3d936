import { duration } from '../frame/duration.ts'
import type { State, UnitState } from '../frame/state.ts'

const HEAD = ['NAME', 'STATUS', 'FOR', 'RESTARTS', 'PID', 'LAG', 'ADDRESS'] as const

/** The units of a state as a table for people; reasons stand below the unit that is not ready. */
export const unitTable = (
  state: State,
  now: number,
  lags: ReadonlyMap<string, number> = new Map(),
): string => {
  const rows = state.units.map((unit) => ({ unit, cells: cellsOf(unit, now, lags) }))
  const widths = HEAD.map((head, i) =>
    Math.max(head.length, ...rows.map(({ cells }) => cells[i]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [
    line(HEAD),
    ...rows.flatMap(({ unit, cells }) => [
      line(cells),
      ...(unit.reason === undefined ? [] : [`  ${unit.reason}`]),
    ]),
  ].join('\n')
}

const cellsOf = (
  unit: UnitState,
  now: number,
  lags: ReadonlyMap<string, number>,
): readonly string[] => [
  unit.name,
  unit.status,
  duration(now - unit.since),
  String(unit.restarts),
  unit.pid === undefined ? '-' : String(unit.pid),
  String(lags.get(unit.name) ?? '-'),
  unit.address ?? (unit.healthPort === undefined ? '-' : `127.0.0.1:${unit.healthPort}/readyz`),
]
