import { readFileSync } from 'node:fs'

/** Ticks of /proc/<pid>/stat; USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10

/** User and system time that a process has used so far, all threads together, in milliseconds. Linux only. */
export const cpuMsOf = (pid: number): number => ticksIn(readFileSync(`/proc/${pid}/stat`, 'utf8'))

/** Fields 14 and 15 of proc(5), stat; the command in field 2 may hold spaces and brackets. */
export const ticksIn = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
