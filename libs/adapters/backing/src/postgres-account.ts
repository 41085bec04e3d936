import { readFileSync } from 'node:fs'
import { runCommand } from './run-command.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root. Root lends it the `postgres` account, or `nobody` where there is none. */
export const postgresAccount = (): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').flatMap(parsePasswd)
  const found =
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody')
  return found ?? { name: 'nobody', uid: 65_534, gid: 65_534 }
}

const parsePasswd = (line: string): readonly Account[] => {
  const [name, , uid, gid] = line.split(':')
  return name === undefined || uid === undefined || gid === undefined
    ? []
    : [{ name, uid: Number(uid), gid: Number(gid) }]
}

/** Whether that account can enter a folder: asked of the kernel, so that ACLs and mounts count too. */
export const canEnter = async (folder: string, account: Account): Promise<boolean> => {
  const { ok } = await runCommand('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
  })
  return ok
}
