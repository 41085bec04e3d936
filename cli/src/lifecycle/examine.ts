import {
  couldMakeFolder,
  diagnoseBacking,
  isFree,
  MissingPrerequisite,
  runCommand,
  type Finding,
} from '@kubesift/adapter-backing'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { dirname } from 'node:path'
import { allReady, readState } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

const GIB = 1024 ** 3

/** Every check of `doctor`, in the order in which `up` needs them. */
export const examine = async (context: CliContext): Promise<readonly Finding[]> => {
  const home = examineHome(context)
  const usable = home.level !== 'fail'
  return [
    { name: 'Node', level: 'ok', text: process.version },
    home,
    ...(usable
      ? [await examineDisk(context), ...(await diagnoseBacking(context.home, context.env))]
      : []),
    examineMemory(),
    ...(usable ? await examinePorts(context) : []),
    await examineGo(context),
    await examineDocker(context),
    ...(usable ? [examineRun(context)] : []),
  ]
}

const examineHome = ({ home }: CliContext): Finding => {
  try {
    const { exists } = couldMakeFolder(home)
    return { name: 'Home', level: 'ok', text: exists ? home : `${home} (not there yet)` }
  } catch (why) {
    if (why instanceof MissingPrerequisite)
      return { name: 'Home', level: 'fail', text: why.message }
    throw why
  }
}

const nearestFolder = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path))

const examineDisk = async ({ home }: CliContext): Promise<Finding> => {
  const { bavail, bsize } = await statfs(nearestFolder(home))
  const free = (bavail * bsize) / GIB
  const text = `${free.toFixed(1)} GiB free`
  if (free < 0.5)
    return {
      name: 'Disk',
      level: 'fail',
      text,
      advice: 'free at least 2 GiB, or set KUBESIFT_HOME to another disk',
    }
  if (free < 2)
    return {
      name: 'Disk',
      level: 'warn',
      text,
      advice: 'Kafka keeps days of events: 2 GiB or more is better',
    }
  return { name: 'Disk', level: 'ok', text }
}

const examineMemory = (): Finding => {
  const free = freemem() / GIB
  const text = `${free.toFixed(1)} GiB free`
  return free < 1.5
    ? { name: 'Memory', level: 'warn', text, advice: 'everything together takes about 1.5 GiB' }
    : { name: 'Memory', level: 'ok', text }
}

/** Only pinned ports can be wrong: all others are chosen among the free ones. */
const examinePorts = async ({ env, home }: CliContext): Promise<readonly Finding[]> => {
  const pinned = Object.entries(env).filter(([name]) => /^KUBESIFT_.*_PORT$/.test(name))
  if (readState(home)?.alive === true) return []
  const findings: Finding[] = []
  for (const [name, text] of pinned) {
    const port = Number(text)
    const valid = Number.isInteger(port) && port > 0 && port < 65_536
    const free = valid && (await isFree(port))
    findings.push(
      free
        ? { name: 'Port', level: 'ok', text: `${port} (${name}) is free` }
        : {
            name: 'Port',
            level: 'fail',
            text: `${text ?? ''} (${name}) is ${valid ? 'in use by another program' : 'no port number'}`,
            advice: 'choose another port, or unset it to have one chosen',
          },
    )
  }
  return findings
}

const examineGo = async ({ env }: CliContext): Promise<Finding> => {
  const { ok, output } = await runCommand('go', ['version'], { env })
  const version = /go\d[\d.]*/.exec(output)?.[0] ?? 'it runs'
  const text = ok
    ? `${version} (for \`up --collector\` only)`
    : 'not installed (needed for `up --collector` and `--kubeconfig` only)'
  return { name: 'Go', level: 'ok', text }
}

const examineDocker = async ({ env }: CliContext): Promise<Finding> => {
  const { ok } = await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { env })
  const text = ok
    ? 'an engine answers'
    : 'no container engine answers (needed for `up --docker` only)'
  return { name: 'Docker', level: 'ok', text }
}

const examineRun = ({ home }: CliContext): Finding => {
  const state = readState(home)
  if (state === undefined || !state.alive)
    return { name: 'Services', level: 'ok', text: 'nothing is running' }
  if (allReady(state)) return { name: 'Services', level: 'ok', text: 'all ready' }
  const late = state.units.filter(({ status }) => status !== 'ready' && status !== 'external')
  return {
    name: 'Services',
    level: 'warn',
    text: `not ready: ${late.map(({ name }) => name).join(', ')}`,
    advice: './kubesift logs <name>',
  }
}
