import { join } from 'node:path'
import { MissingPrerequisite } from './missing-prerequisite.ts'
import type { Env } from './places.ts'
import { runCommand } from './run-command.ts'

const OLDEST = 17

export interface Java {
  readonly path: string
  readonly major: number
}

/** A Java that can run Kafka 4 (17 or newer): `JAVA_HOME`'s, else the one on PATH. */
export const findJava = async (env: Env): Promise<Java> => {
  const seen: string[] = []
  for (const path of candidates(env)) {
    const { ok, output } = await runCommand(path, ['-version'], { env })
    const major = ok ? majorOf(output) : undefined
    if (major !== undefined && major >= OLDEST) return { path, major }
    if (major !== undefined) seen.push(`${path} is Java ${major}`)
  }
  const found = seen.length === 0 ? 'none found' : seen.join(', ')
  throw new MissingPrerequisite(
    `Kafka needs Java ${OLDEST} or newer (${found}): install it (Debian: apt-get install -y openjdk-17-jre-headless) or set JAVA_HOME, or set KAFKA_BROKERS to a broker of yours`,
  )
}

const candidates = (env: Env): readonly string[] => {
  const home = env['JAVA_HOME']
  return home === undefined || home === '' ? ['java'] : [join(home, 'bin/java'), 'java']
}

/** `openjdk version "17.0.15"`, and before Java 9 `java version "1.8.0_402"`. */
const majorOf = (text: string): number | undefined => {
  const match = /version "(?:1\.)?(\d+)/.exec(text)
  return match?.[1] === undefined ? undefined : Number(match[1])
}
