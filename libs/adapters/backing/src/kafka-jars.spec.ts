import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { kafkaCached, kafkaJars } from './kafka-jars.ts'

let cache = ''
let pom = ''
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'jars-'))
  pom = join(cache, 'pom.xml')
  writeFileSync(pom, '<kafka.version>9.9.9</kafka.version>')
})
afterEach(() => rmSync(cache, { recursive: true, force: true }))

/** A stand-in for `mvn` on PATH that writes one jar where it is told to. */
const withMaven = (script: string) => {
  const bin = join(cache, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'mvn'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { env: { PATH: `${bin}:/usr/bin:/bin` }, log: () => undefined, signal: undefined }
}
const WRITES_A_JAR =
  'for a; do case $a in -DoutputDirectory=*) d=${a#*=}; mkdir -p "$d"; echo jar > "$d/kafka_2.13.jar" ;; esac; done'

test('what was fetched once is not fetched again, and a shortened jar is', async () => {
  const maven = withMaven(WRITES_A_JAR)
  expect(kafkaCached(cache, pom)).toBe(false)
  const lib = await kafkaJars(cache, pom, maven)
  expect(readdirSync(lib)).toEqual(['kafka_2.13.jar'])
  expect(kafkaCached(cache, pom)).toBe(true)
  truncateSync(join(lib, 'kafka_2.13.jar'), 1)
  expect(kafkaCached(cache, pom)).toBe(false)
  await kafkaJars(cache, pom, maven)
  expect(kafkaCached(cache, pom)).toBe(true)
})

test('a Maven that fails leaves no cache and says why in one line', async () => {
  const maven = withMaven("echo '[ERROR] repository unreachable'; exit 1")
  await expect(kafkaJars(cache, pom, maven)).rejects.toThrow(
    'Maven could not fetch Kafka: repository unreachable',
  )
  expect(kafkaCached(cache, pom)).toBe(false)
})

test('no Maven at all says how to get it', async () => {
  const nothing = { env: { PATH: join(cache, 'none') }, log: () => undefined, signal: undefined }
  await expect(kafkaJars(cache, pom, nothing)).rejects.toThrow(/no `mvn` on PATH: install it/)
})
