import { identityOf } from '@kubesift/adapter-backing'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { startPipeline, untilReady, type Pipeline } from './pipeline/processes.ts'
import { Sender } from './pipeline/sender.ts'
import { requestsOf } from './scenario.ts'

/** `kubesift status` beside stages that are suspended while records come: a backlog must be seen, by whom and since when. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const RECORDED = requestsOf('crashloop-bad-rollout')
const WITHIN = { timeout: 60_000, interval: 500 }

const Lag = z.object({
  records: z.number(),
  seconds: z.number().optional(),
  partitions: z.array(z.object({ topic: z.string(), partition: z.number(), records: z.number() })),
})
const Told = z.object({
  lag: z.record(z.string(), z.number()),
  behind: z.record(z.string(), Lag),
  heaviest: z.object({ namespace: z.string(), share: z.number(), records: z.number() }).optional(),
})
type Told = z.infer<typeof Told>

let backing: TestBacking
let pipeline: Pipeline
let sender: Sender
let home = ''

beforeAll(async () => {
  backing = await testBacking()
  // Nobody else takes over what a suspended process holds, and it keeps it.
  const env = { KAFKA_SESSION_TIMEOUT_MS: '60000' }
  pipeline = await startPipeline(backing, env, ['normalise', 'assemble'])
  await Promise.all([pipeline.stages.normalise, pipeline.stages.assemble].map((s) => untilReady(s)))
  sender = new Sender(backing)
  home = mkdtempSync(join(tmpdir(), 'lag-'))
  mkdirSync(join(home, 'run'))
  const supervisor = identityOf(process.pid)
  const { kafkaBrokers, databaseUrl, redisUrl, topicPrefix } = backing
  const state = { supervisor, startedAt: 0, phase: 'running', units: [], grpcUrl: '127.0.0.1:1' }
  writeFileSync(
    join(home, 'state.json'),
    JSON.stringify({ ...state, kafkaBrokers, databaseUrl, redisUrl, topicPrefix }),
  )
})

afterAll(async () => {
  await sender.close()
  await pipeline.stop()
  await backing.dispose()
  rmSync(home, { recursive: true, force: true })
})

const status = async (): Promise<Told> => {
  const main = join(ROOT, 'cli/dist/main.js')
  const env = { ...process.env, KUBESIFT_HOME: home, KAFKA_GROUP_ID: undefined }
  const args = [main, 'status', '--format', 'json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })
  return Told.parse(JSON.parse(stdout))
}

test('a stage that is suspended is seen to be behind: how many records, for how long, and in which partitions', async () => {
  await sender.send('lab', RECORDED)
  await vi.waitFor(async () => {
    const { behind } = await status()
    expect(behind['normalise']).toEqual({ records: 0, seconds: 0, partitions: [] })
    expect(behind['assemble']?.records).toBeLessThan(40)
  }, WITHIN)

  pipeline.stages.normalise.signal('SIGSTOP')
  await sender.send('lab', RECORDED)
  await sleep(3_000)
  const { behind, lag } = await status()
  expect(behind['normalise']?.records).toBe(RECORDED.length)
  expect(lag['normalise']).toBe(RECORDED.length)
  expect(behind['normalise']?.seconds).toBeGreaterThanOrEqual(3)
  expect(behind['normalise']?.partitions).toHaveLength(12)

  // It goes on, and those behind it stand: the backlog moves on, and what was read of late is told by its namespace.
  pipeline.stages.assemble.signal('SIGSTOP')
  pipeline.stages.normalise.signal('SIGCONT')
  await vi.waitFor(async () => {
    const told = await status()
    expect(told.behind['normalise']?.records).toBe(0)
    expect(told.behind['assemble']?.seconds).toBeGreaterThanOrEqual(3)
    expect(told.behind['assemble']?.partitions[0]?.topic).toBe('signals')
    expect(told.heaviest?.namespace).toMatch(/^lab\//)
    expect(told.heaviest?.share).toBeGreaterThan(0.3)
  }, WITHIN)

  pipeline.stages.assemble.signal('SIGCONT')
  await vi.waitFor(async () => {
    const { records, seconds } = (await status()).behind['assemble'] ?? {}
    expect(records).toBeLessThan(40)
    expect(seconds ?? 0).toBeLessThan(3)
  }, WITHIN)
})
