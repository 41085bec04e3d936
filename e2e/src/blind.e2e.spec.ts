import { testBacking, type TestBacking } from '@kubesift/testing'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startPipeline, untilReady, type Pipeline } from './pipeline/processes.ts'
import { Reader } from './pipeline/reader.ts'
import { Sender } from './pipeline/sender.ts'
import { canaryAt, leaseAt } from './pipeline/watched.ts'
import { requestsOf } from './scenario.ts'

const RECORDED = requestsOf('crashloop-bad-rollout')
const END = Math.max(...RECORDED.map((r) => r.at))
const MINUTE = 60_000
const BLIND_AFTER_MS = 4_000
const CLUSTER = 'lab'
const WITHIN = { timeout: 60_000, interval: 250 }

let backing: TestBacking
let pipeline: Pipeline
let sender: Sender
let reader: Reader

beforeAll(async () => {
  backing = await testBacking()
  pipeline = await startPipeline(backing, { BLIND_AFTER_MS: String(BLIND_AFTER_MS) })
  await Promise.all(Object.values(pipeline.stages).map((stage) => untilReady(stage)))
  sender = new Sender(backing)
  reader = new Reader(backing)
})

afterAll(async () => {
  await reader.stop()
  await sender.close()
  await pipeline.stop()
  await backing.dispose()
})

const of = (problem: string) => reader.of(CLUSTER).filter((i) => i.problem === problem)
const statuses = (problem: string): string[] => of(problem).map((i) => i.status)

test('a Collector that stops is one Blind incident; nothing resolves meanwhile, and everything goes on after it', async () => {
  await sender.send(CLUSTER, RECORDED)
  await vi.waitFor(() => expect(statuses('CrashLoop')).toEqual(['open']), WITHIN)
  // Silence, in the time of the machine; in that of the cluster nothing has passed.
  await vi.waitFor(() => expect(statuses('Blind')).toEqual(['open']), WITHIN)
  const [blind] = of('Blind')
  expect(blind).toMatchObject({ resourceKind: 'Cluster', resourceName: CLUSTER, severity: 'P2' })
  expect(blind?.firstSeenAt).toBeCloseTo(END, -3)
  await vi.waitFor(() => expect(of('Blind')[0]?.analysis?.cause).toBeDefined(), WITHIN)
  await pipeline.stages.assemble.end('SIGKILL')
  pipeline.stages.assemble.start()
  await pipeline.stages.normalise.end('SIGKILL')
  pipeline.stages.normalise.start()
  await sleep(2 * BLIND_AFTER_MS)
  expect(statuses('CrashLoop')).toEqual(['open'])
  expect(statuses('Blind')).toEqual(['open'])

  // It is back, after twenty minutes of the cluster's time, and then goes on.
  await sender.send(CLUSTER, [leaseAt(END + 20 * MINUTE)])
  await vi.waitFor(() => expect(statuses('Blind')).toEqual(['resolved']), WITHIN)
  expect(of('Blind')[0]?.resolution).toMatchObject({
    by: 'recovered',
    why: 'objects of the cluster arrive again',
  })
  await sender.send(
    CLUSTER,
    Array.from({ length: 30 }, (_, i) => leaseAt(END + (21 + i) * MINUTE)),
  )
  await vi.waitFor(() => expect(statuses('CrashLoop')).toEqual(['resolved']), WITHIN)
})

test('an Event stream that goes quiet while objects go on is one incident, through kills, until it is heard again', async () => {
  const cluster = 'deaf'
  const all = (): string[] =>
    reader
      .of(cluster)
      .map((i) => `${i.resourceKind} ${i.problem} ${i.status}`)
      .sort()
  const minutes = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => END + (from + i) * MINUTE)
  await sender.send(cluster, RECORDED)
  await sender.send(
    cluster,
    minutes(1, 3).flatMap((at) => [leaseAt(at), canaryAt(at)]),
  )
  await sender.send(cluster, minutes(4, 14).map(leaseAt))
  await vi.waitFor(() => expect(all()).toContain('EventStream Blind open'), WITHIN)
  const deaf = reader.of(cluster).find((i) => i.resourceKind === 'EventStream')
  expect(deaf?.firstSeenAt).toBe(Math.floor((END + 3 * MINUTE) / 1000) * 1000)
  await vi.waitFor(
    () =>
      expect(reader.of(cluster).find((i) => i.resourceKind === 'EventStream')?.analysis?.rule).toBe(
        'events-not-heard',
      ),
    WITHIN,
  )
  await pipeline.stages.normalise.end('SIGKILL')
  pipeline.stages.normalise.start()
  await pipeline.stages.assemble.end('SIGKILL')
  pipeline.stages.assemble.start()
  await sender.send(
    cluster,
    minutes(15, 16).flatMap((at) => [leaseAt(at), canaryAt(at)]),
  )
  await vi.waitFor(() => expect(all()).toContain('EventStream Blind resolved'), WITHIN)
  expect(reader.of(cluster).filter((i) => i.resourceKind === 'EventStream')).toHaveLength(1)
})
