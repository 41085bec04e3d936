import { duration } from '../frame/duration.ts'
import type { State, UnitState } from '../frame/state.ts'
import { counted } from '../render/words.ts'
import type { UnitLag } from './group-lags.ts'

const HEAD = ['NAME', 'STATUS', 'FOR', 'RESTARTS', 'PID', 'LAG', 'BEHIND', 'ADDRESS'] as const

/** From when on it is worth a line which partitions are behind. */
const SLOW_S = 10

/** The units of a state as a table for people; reasons stand below the unit that is not ready. */
export const unitTable = (
  state: State,
  now: number,
  lags: ReadonlyMap<string, UnitLag> = new Map(),
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
      ...slowText(lags.get(unit.name)),
    ]),
  ].join('\n')
}

const cellsOf = (
  unit: UnitState,
  now: number,
  lags: ReadonlyMap<string, UnitLag>,
): readonly string[] => [
  unit.name,
  unit.status,
  duration(now - unit.since),
  String(unit.restarts),
  unit.pid === undefined ? '-' : String(unit.pid),
  String(lags.get(unit.name)?.records ?? '-'),
  behindText(lags.get(unit.name)?.seconds),
  unit.address ?? (unit.healthPort === undefined ? '-' : `127.0.0.1:${unit.healthPort}/readyz`),
]

const behindText = (seconds: number | undefined): string =>
  seconds === undefined ? '-' : duration(seconds * 1000)

const slowText = (lag: UnitLag | undefined): string[] => {
  const slow = lag?.partitions.filter(({ seconds = 0 }) => seconds >= SLOW_S) ?? []
  const [worst] = slow
  if (worst === undefined) return []
  const where = `partition ${worst.partition} of ${worst.topic}`
  const others = slow.length > 1 ? `, and ${counted(slow.length - 1, 'partition')} more` : ''
  const waiting = `${counted(worst.records, 'record')} of ${where} waiting for ${behindText(worst.seconds)}`
  return [`  behind: ${waiting}${others}`]
}
