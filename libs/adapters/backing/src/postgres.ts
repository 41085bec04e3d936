import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import type { BackingContext } from './backing-options.ts'
import { Daemon, type Launch } from './daemon.ts'
import { identityOf } from './identity.ts'
import { BackingFailed } from './missing-prerequisite.ts'
import { tellingLineOf } from './log-tail.ts'
import { homeKey, makeFolder, sharedFolder } from './places.ts'
import { livingProcess } from './run-file.ts'
import { canEnter, postgresAccount, type Account } from './postgres-account.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { runCommand } from './run-command.ts'
import { secretsOf } from './secrets.ts'

const USER = 'kubesift'
const DATABASE = 'kubesift'

/** A Postgres on loopback from npm's binaries, with the database `kubesift` in it. */
export const postgresDaemon = async (
  context: BackingContext,
): Promise<{ readonly daemon: Daemon; readonly url: string }> => {
  const runFile = join(context.home, 'run/postgres.json')
  const port = await context.ports.claim('postgres', livingProcess(runFile) !== undefined)
  const password = secretsOf(context.home).postgres
  const daemon = new Daemon({
    name: 'postgres',
    runFile,
    logFile: join(context.home, 'logs/postgres.log'),
    prepare: () => prepare(context, port, password),
    ready: () => answers(port, password),
    readyWithinMs: 60_000,
    // "fast shutdown": ends the sessions, keeps every committed row
    stopSignal: 'SIGINT',
    stopWithinMs: 20_000,
  })
  return { daemon, url: urlOf(port, password, DATABASE) }
}

const urlOf = (port: number, password: string, database: string): string =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`

const prepare = async (
  context: BackingContext,
  port: number,
  password: string,
): Promise<Launch> => {
  const account = postgresAccount()
  const native = await postgresBinaries(context.home, context.env, account)
  const data = join(await dataFolder(context.home, account), 'postgres')
  await initialise(native, data, password, account)
  dropStalePid(data)
  return {
    command: join(native, 'bin/postgres'),
    args: ['-D', data, ...settings(port, context.profile === 'test')],
    cwd: data,
    env: context.env,
    ...(account === undefined ? {} : { account: { uid: account.uid, gid: account.gid } }),
  }
}

const settings = (port: number, forTests: boolean): readonly string[] => {
  const common = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'timezone=UTC',
    'max_connections=200',
  ]
  const quick = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  return [...common, ...(forTests ? quick : [])].flatMap((setting) => ['-c', setting])
}

/** Below the home, unless the account that runs Postgres cannot get there (a home below a 0700 folder). */
const dataFolder = async (home: string, account: Account | undefined): Promise<string> => {
  const usual = makeFolder(join(home, 'data'))
  if (account === undefined || (await canEnter(usual, account))) return usual
  return makeFolder(join(sharedFolder(), homeKey(home)))
}

/** Where the data of this home may lie, for whoever deletes it. */
export const postgresDataFolders = (home: string): readonly string[] => [
  join(home, 'data/postgres'),
  ...['/var/lib/kubesift', '/var/tmp/kubesift'].map((base) => join(base, homeKey(home))),
]

/** initdb into a folder beside it, then one rename: an initdb that was cut short leaves nothing that looks whole. */
const initialise = async (
  native: string,
  data: string,
  password: string,
  account: Account | undefined,
): Promise<void> => {
  dropOrphaned(data, password)
  if (existsSync(join(data, 'PG_VERSION'))) return
  const draft = `${data}.draft`
  const passwordFile = join(draft, 'password')
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(join(draft, 'db'), { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  giveTo(account, [draft, join(draft, 'db'), passwordFile])
  const { ok, output } = await runCommand(
    join(native, 'bin/initdb'),
    initdbArguments(join(draft, 'db'), passwordFile),
    { cwd: draft, ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }) },
  )
  if (!ok) {
    const why = tellingLineOf(output) ?? ''
    throw new BackingFailed(`Postgres could not make its data folder ${data}: ${why}`)
  }
  chmodSync(dirname(data), 0o755)
  rmSync(data, { recursive: true, force: true })
  writeFileSync(markOf(data), digestOf(password), { mode: 0o600 })
  renameSync(join(draft, 'db'), data)
  rmSync(draft, { recursive: true, force: true })
}

const markOf = (data: string): string => `${data}.mark`

const digestOf = (password: string): string => createHash('sha256').update(password).digest('hex')

/**
 * Data outside the home outlives a home that was deleted by hand, and a new home of the same name has another password: what nobody can
 * open any more goes, as its home did. Data that bears no mark was made before there were marks, and is left alone.
 */
const dropOrphaned = (data: string, password: string): void => {
  if (!existsSync(markOf(data))) return
  if (readFileSync(markOf(data), 'utf8') === digestOf(password)) return
  dropStalePid(data)
  const pidFile = join(data, 'postmaster.pid')
  if (existsSync(pidFile)) {
    const pid = readFileSync(pidFile, 'utf8').split('\n')[0] ?? '?'
    throw new BackingFailed(
      `a Postgres of a home that was deleted still runs on ${data}: stop it (kill ${pid}), then start again`,
    )
  }
  rmSync(data, { recursive: true, force: true })
  rmSync(markOf(data), { force: true })
}

const giveTo = (account: Account | undefined, paths: readonly string[]): void => {
  if (account !== undefined) for (const path of paths) chownSync(path, account.uid, account.gid)
}

const initdbArguments = (folder: string, passwordFile: string): readonly string[] => [
  '-D',
  folder,
  `--username=${USER}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--no-sync',
]

/**
 * Postgres refuses to start when the pid in its lock file is alive, whoever has that pid today. Third line of the file:
 * when that postmaster started, in seconds; a process that carries another program's name is a stranger.
 */
const dropStalePid = (data: string): void => {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  if (identityOf(pid) !== undefined && isPostgres(pid)) return
  rmSync(file, { force: true })
}

const isPostgres = (pid: number): boolean => {
  const command = join('/proc', String(pid), 'cmdline')
  return !existsSync(command) || readFileSync(command, 'utf8').includes('postgres')
}

/** A query on our database; the first time, the database is made. */
const answers = async (port: number, password: string): Promise<boolean> => {
  const known = await query(
    urlOf(port, password, 'postgres'),
    `select 1 from pg_database where datname = '${DATABASE}'`,
  )
  if (known === 0) await query(urlOf(port, password, 'postgres'), `create database ${DATABASE}`)
  return (await query(urlOf(port, password, DATABASE), 'select 1')) === 1
}

const query = async (url: string, text: string): Promise<number> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(text)).rowCount ?? 0
  } finally {
    await client.end()
  }
}
