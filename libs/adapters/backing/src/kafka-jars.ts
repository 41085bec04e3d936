import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { BackingContext } from './backing-options.ts'
import { isCode, readJsonFile, writeJsonFile } from './json-file.ts'
import { MissingPrerequisite } from './missing-prerequisite.ts'
import type { Env } from './places.ts'
import { runCommand } from './run-command.ts'

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'

const OLD_DRAFT_MS = 3_600_000

/** File name to size of every jar, written last: a folder without it, or that differs from it, is half a download. */
const Manifest = z.record(z.string(), z.number())

/** The versions of the broker and its logging; the same file from `src/` and from `dist/`. */
export const kafkaPom = fileURLToPath(new URL('../../../../deploy/native/pom.xml', import.meta.url))

/** Whether the jars of this pom are there, whole. */
export const kafkaCached = (cache: string, pom: string): boolean =>
  isComplete(placeFor(cache, pom).folder)

const placeFor = (
  cache: string,
  pom: string,
): { readonly folder: string; readonly release: string } => {
  const text = readFileSync(pom, 'utf8')
  const release = /<kafka\.version>([^<]+)</.exec(text)?.[1] ?? 'unknown'
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return { release, folder: join(cache, `kafka-${release}-${digest}`) }
}

/** The folder with Kafka's jars, fetched by Maven once per version of the pom and checked at each start. */
export const kafkaJars = async (
  cache: string,
  pom: string,
  { env, log, signal }: Pick<BackingContext, 'env' | 'log' | 'signal'>,
): Promise<string> => {
  const { folder, release } = placeFor(cache, pom)
  if (isComplete(folder)) return join(folder, 'lib')
  dropOldDrafts(cache)
  log(`fetching Kafka ${release} with Maven (about 63 MB, once)`)
  const draft = mkdtempSync(join(cache, 'kafka-draft-'))
  try {
    await fetchJars(draft, pom, env, signal)
    install(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return join(folder, 'lib')
}

/** What a fetch that was killed left behind; a younger one may be at work. */
const dropOldDrafts = (cache: string): void => {
  for (const name of readdirSync(cache).filter((one) => one.startsWith('kafka-draft-'))) {
    const draft = join(cache, name)
    const { mtimeMs } = statSync(draft, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > OLD_DRAFT_MS) rmSync(draft, { recursive: true, force: true })
  }
}

const isComplete = (folder: string): boolean => {
  const manifest = readJsonFile(join(folder, 'manifest.json'), Manifest)
  if (manifest === undefined || !Object.keys(manifest).some((name) => name.startsWith('kafka_')))
    return false
  return Object.entries(manifest).every(
    ([name, size]) => sizeOf(join(folder, 'lib', name)) === size,
  )
}

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size

const fetchJars = async (
  draft: string,
  pom: string,
  env: Env,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const lib = join(draft, 'lib')
  // a copy of the pom, because Maven may write beside it and the checkout may be read-only
  cpSync(pom, join(draft, 'pom.xml'))
  const args = [
    '-q',
    '-B',
    '-f',
    join(draft, 'pom.xml'),
    COPY,
    '-DincludeScope=runtime',
    `-DoutputDirectory=${lib}`,
  ]
  const { ok, output } = await runCommand('mvn', args, { env, cwd: draft, signal })
  if (!ok) throw new MissingPrerequisite(mavenComplaint(output))
  const jars = readdirSync(lib).filter((name) => name.endsWith('.jar'))
  writeJsonFile(
    join(draft, 'manifest.json'),
    Object.fromEntries(jars.map((name) => [name, sizeOf(join(lib, name))])),
  )
}

const mavenComplaint = (output: string): string => {
  if (output.includes('ENOENT')) {
    return 'Kafka is fetched with Maven, and there is no `mvn` on PATH: install it (Debian: apt-get install -y maven), or set KAFKA_BROKERS to a broker of yours'
  }
  const line =
    output.split('\n').find((text) => text.includes('[ERROR]')) ?? output.trim().split('\n').at(-1)
  return `Maven could not fetch Kafka: ${(line ?? 'no reason given').replace('[ERROR] ', '').slice(0, 300)}`
}

/** Two first starts may both get here: the one that comes second keeps what the first put in place. */
const install = (draft: string, folder: string): void => {
  if (existsSync(folder) && !isComplete(folder)) rmSync(folder, { recursive: true, force: true })
  try {
    renameSync(draft, folder)
  } catch (why) {
    if (!isCode(why, 'ENOTEMPTY') && !isCode(why, 'EEXIST')) throw why
  }
}
