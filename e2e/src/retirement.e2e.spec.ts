import { consumeBatches, createKafka } from '@kubesift/adapter-kafka'
import { tooLate, type Incident, type TooLateLedger } from '@kubesift/contracts'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { missed } from './judge.ts'
import { startPipeline, untilReady, type Pipeline } from './pipeline/processes.ts'
import { differences, essence, Reader } from './pipeline/reader.ts'
import { Sender } from './pipeline/sender.ts'
import { eventAt, leaseAt } from './pipeline/watched.ts'
import { requestsOf } from './scenario.ts'
import { loadTruth } from './truth.ts'

const STORM = requestsOf('storm')
const END = Math.max(...STORM.map((r) => r.at))
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const CLUSTER = 'lab'
const WITHIN = { timeout: 60_000, interval: 250 }
const MAIN = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url))

let backing: TestBacking
let pipeline: Pipeline
let sender: Sender
let reader: Reader
const ledgers = new Map<string, TooLateLedger>()
const stop = new AbortController()
let following: Promise<void>

beforeAll(async () => {
  backing = await testBacking()
  pipeline = await startPipeline(backing, { RETIRE_AFTER_MS: String(HOUR) })
  await Promise.all(Object.values(pipeline.stages).map((stage) => untilReady(stage)))
  sender = new Sender(backing)
  reader = new Reader(backing)
  const kafka = createKafka({
    brokers: backing.kafkaBrokers.split(','),
    clientId: 'e2e-too-late',
    topicPrefix: backing.topicPrefix,
  })
  following = consumeBatches({
    kafka,
    topic: tooLate,
    groupId: 'e2e-too-late',
    handle: async (batch) => {
      for (const { value } of batch.records) ledgers.set(value.namespace, value)
      return { through: batch.lastOffset }
    },
  }).run(stop.signal)
})

afterAll(async () => {
  stop.abort()
  await following
  await reader.stop()
  await sender.close()
  await pipeline.stop()
  await backing.dispose()
})

/** All but what hours without an object say of the cluster itself. */
const incidents = (): Incident[] => reader.of(CLUSTER).filter((i) => i.problem !== 'Blind')

/** What `kubesift incidents show` says of an incident. */
const shown = async ({ id }: Incident): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [MAIN, 'incidents', 'show', id, '--format', 'json'],
    { env: { ...process.env, KUBESIFT_API: pipeline.grpcUrl } },
  )
  return JSON.parse(stdout)
}

const of = (name: string, problem: string): Incident[] =>
  reader
    .of(CLUSTER)
    .filter((i) => i.resourceName === name && i.problem === problem)
    .sort((a, b) => a.openedAt - b.openedAt)

test('a storm that is retired while its assembler is killed, and told once more whole, stays what it was; new trouble is an incident of its own', async () => {
  const leases = Array.from({ length: 20 }, (_, i) => leaseAt(END + (i + 1) * MINUTE))
  await sender.send(CLUSTER, [...STORM, ...leases])
  await vi.waitFor(() => {
    expect(missed(loadTruth('storm'), reader.found(CLUSTER), true)).toEqual([])
    expect(incidents().every((i) => i.status === 'resolved' && i.analysis !== null)).toBe(true)
  }, WITHIN)
  const before = essence(CLUSTER, incidents())

  // Hours pass, and the assembler is killed at any point of its work.
  for (let hour = 1; hour <= 12; hour += 1) {
    await sender.send(CLUSTER, [leaseAt(END + hour * HOUR)])
    await new Promise((resolve) => setTimeout(resolve, 150 * (hour % 5)))
    if (hour % 3 !== 0) continue
    await pipeline.stages.assemble.end('SIGKILL')
    pipeline.stages.assemble.start()
  }
  await untilReady(pipeline.stages.assemble)
  // Until it is at rest: each look lets go of what was said at the one before.
  let hour = 12
  const rests = async (): Promise<void> => {
    await sender.send(CLUSTER, [leaseAt(END + (hour += 1) * HOUR)])
    await new Promise((resolve) => setTimeout(resolve, 700))
  }
  for (let i = 0; i < 8; i += 1) await rests()
  expect(ledgers.size).toBe(0)

  await sender.send(CLUSTER, STORM)
  await vi.waitFor(() => expect(ledgers.size).toBeGreaterThan(5), WITHIN)
  for (let i = 0; i < 4; i += 1) await rests()
  expect(differences(before, essence(CLUSTER, incidents()))).toEqual([])

  // The same owner is in trouble again, by an Event of its own.
  const old = reader.of(CLUSTER).find((i) => i.problem === 'CrashLoop')!
  const at = END + hour * HOUR + MINUTE
  const pod = old.context.objects[0]!
  await sender.send(CLUSTER, [
    eventAt(at, { uid: 'again', count: 6, firstAt: at - 5 * MINUTE, involved: pod }),
  ])
  await vi.waitFor(
    () => expect(of(old.resourceName, 'CrashLoop').at(-1)?.status).toBe('open'),
    WITHIN,
  )
  const all = of(old.resourceName, 'CrashLoop')
  expect(all).toHaveLength(2)
  expect(all[1]).toMatchObject({ occurrenceCount: 6 })
  expect(all[0]?.occurrenceCount).toBe(old.occurrenceCount)
  expect(all[1]?.context.occurrenceCount).toBe(old.context.occurrenceCount + 6)
  expect(await shown(all[0]!)).toMatchObject({
    status: 'resolved',
    occurrenceCount: old.occurrenceCount,
  })
  expect(await shown(all[1]!)).toMatchObject({ status: 'open', occurrenceCount: 6 })
}, 240_000)
