import { testBacking, type TestBacking } from '@kubesift/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { missed } from './judge.ts'
import { startPipeline, untilReady, type Pipeline, type StageName } from './pipeline/processes.ts'
import { differences, essence, Reader } from './pipeline/reader.ts'
import { Sender } from './pipeline/sender.ts'
import { leaseAt } from './pipeline/watched.ts'
import { requestsOf, type RecordedRequest } from './scenario.ts'
import { loadTruth } from './truth.ts'

const STORM = requestsOf('storm')
const END = Math.max(...STORM.map((r) => r.at))
const LEASES = Array.from({ length: 20 }, (_, i) => leaseAt(END + (i + 1) * 60_000))
const WITHIN = { timeout: 40_000, interval: 250 }
/** Longer than the session timeout of the tests: others take over meanwhile. */
const SUSPENDED_MS = 9_000

let backing: TestBacking
let pipeline: Pipeline
let sender: Sender
let reader: Reader
let undisturbed: ReturnType<typeof essence>

const resolved = (cluster: string): boolean => {
  const list = reader.of(cluster)
  return list.length > 0 && list.every((i) => i.status === 'resolved' && i.analysis !== null)
}

/** Everything in the storm recovers or is deleted: it has been taken in whole when all its incidents are resolved. */
const settled = async (cluster: string): Promise<ReturnType<typeof essence>> => {
  await vi.waitFor(() => {
    expect(missed(loadTruth('storm'), reader.found(cluster), true)).toEqual([])
    expect(resolved(cluster)).toBe(true)
  }, WITHIN)
  return essence(cluster, reader.of(cluster))
}

const expectTheSame = async (cluster: string): Promise<void> => {
  await settled(cluster)
  await vi.waitFor(
    () => expect(differences(undisturbed, essence(cluster, reader.of(cluster)))).toEqual([]),
    WITHIN,
  )
}

beforeAll(async () => {
  backing = await testBacking()
  pipeline = await startPipeline(backing)
  await Promise.all(Object.values(pipeline.stages).map((stage) => untilReady(stage)))
  sender = new Sender(backing)
  reader = new Reader(backing)
  await sender.send('undisturbed', [...STORM, ...LEASES])
  undisturbed = await settled('undisturbed')
})

afterAll(async () => {
  await reader.stop()
  await sender.close()
  await pipeline.stop()
  await backing.dispose()
})

/** A fixed disorder: each record up to 100 s late, well within the allowed lateness of 120 s. */
const late = (requests: readonly RecordedRequest[]): RecordedRequest[] =>
  requests
    .map((r, i) => ({ r, at: r.at + ((i * 7_919) % 100) * 1_000 }))
    .sort((a, b) => a.at - b.at)
    .map(({ r }) => r)

describe('the storm gives the incidents of an undisturbed run', () => {
  test('when every record comes twice', async () => {
    await sender.send(
      'twice',
      STORM.flatMap((r) => [r, r]),
    )
    await sender.send('twice', LEASES)
    await expectTheSame('twice')
  })

  test('when it comes shuffled within the allowed lateness', async () => {
    await sender.send('shuffled', late(STORM))
    await sender.send('shuffled', LEASES)
    await expectTheSame('shuffled')
  })

  test.each(['normalise', 'assemble', 'incident-store', 'ai-analyst', 'notifier'] as const)(
    'when %s is killed in the middle, twice',
    async (stage: StageName) => {
      const cluster = `killed-${stage}`
      const process = pipeline.stages[stage]
      const third = Math.ceil(STORM.length / 3)
      for (let i = 0; i < 3; i++) {
        const sending = sender.send(cluster, STORM.slice(i * third, (i + 1) * third))
        if (i < 2) {
          // Wherever it is just now: no point of the work is chosen.
          await vi.waitFor(() => expect(reader.of(cluster).length).toBeGreaterThan(i * 3), WITHIN)
          await process.end('SIGKILL')
          process.start()
        }
        await sending
      }
      await sender.send(cluster, LEASES)
      await expectTheSame(cluster)
    },
  )

  test('when one assembler is suspended past its session and woken again', async () => {
    const cluster = 'suspended'
    const second = await pipeline.add('assemble-2', 'assemble')
    second.start()
    await untilReady(second)
    const half = Math.ceil(STORM.length / 2)
    await sender.send(cluster, STORM.slice(0, half))
    pipeline.stages.assemble.signal('SIGSTOP')
    await sender.send(cluster, STORM.slice(half))
    await new Promise((resolve) => setTimeout(resolve, SUSPENDED_MS))
    pipeline.stages.assemble.signal('SIGCONT')
    await sender.send(cluster, LEASES)
    await expectTheSame(cluster)
    await second.end('SIGTERM')
  })
})
