import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * A process, by more than its number: numbers are handed out again, and a stale pid file must never make us adopt or
 * kill a stranger. `startedAt` is the kernel's start time of that process, compared as text.
 */
export const ProcessIdentity = z.object({ pid: z.number().int().positive(), startedAt: z.string() })
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

/** The identity of a running process, or `undefined` when there is none (a zombie counts as none). */
export const identityOf = (pid: number): ProcessIdentity | undefined => {
  const startedAt = process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

/** Whether that very process still runs. */
export const isAlive = (identity: ProcessIdentity): boolean =>
  identityOf(identity.pid)?.startedAt === identity.startedAt

const startFromProc = (pid: number): string | undefined => {
  const stat = readOrUndefined(`/proc/${pid}/stat`)
  // the command name in parentheses may hold spaces and parentheses itself, so count from the last ')'
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields?.[0], fields?.[19]]
  return state === 'Z' || state === 'X' ? undefined : startTicks
}

const startFromPs = (pid: number): string | undefined => {
  const { stdout, status } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  })
  const line = status === 0 ? stdout.trim() : ''
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '')
}

const readOrUndefined = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // the process is gone, or went while we looked: both mean "none"
    return undefined
  }
}
