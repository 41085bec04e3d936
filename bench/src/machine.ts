import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export interface Machine {
  readonly date: string
  readonly commit: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  /** Of the last minute: how much others had to do here as well. */
  readonly load: number
  readonly node: string
  readonly kafka: string
  readonly kafkajs: string
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Where and with what this was measured: without it a number says nothing. */
export const describeMachine = (): Machine => ({
  date: new Date().toISOString(),
  commit: commitOf(),
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  load: Number(loadavg()[0]?.toFixed(2)),
  node: process.versions.node,
  kafka: textIn('deploy/native/pom.xml', /<kafka\.version>([^<]+)</),
  kafkajs: textIn('node_modules/kafkajs/package.json', /"version": "([^"]+)"/),
})

const commitOf = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT }).toString().trim()
  } catch {
    return 'not a git checkout'
  }
}

const textIn = (file: string, pattern: RegExp): string =>
  pattern.exec(readFileSync(`${ROOT}${file}`, 'utf8'))?.[1] ?? 'unknown'

export const machineLine = (m: Machine): string =>
  `${m.date.slice(0, 16)}Z, ${m.commit}, ${m.cpu}, ${m.cores} cores, ${m.memoryGb} GB, load ${m.load}, Node ${m.node}, Kafka ${m.kafka}, kafkajs ${m.kafkajs}`
