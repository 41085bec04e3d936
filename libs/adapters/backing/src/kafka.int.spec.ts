import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kafkaDaemon } from './kafka.ts'
import { PortBook } from './ports.ts'

/** What it holds grows with the days, and so does what it needs to start again. */
test('Kafka starts in half of the heap that it is given', { timeout: 180_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'kubesift-kafka-'))
  const { daemon } = await kafkaDaemon({
    home,
    env: { ...process.env, KUBESIFT_KAFKA_HEAP: '128m' },
    ports: new PortBook(home, {}),
    profile: 'test',
    log: () => undefined,
  })
  try {
    await daemon.start()
    expect(await daemon.isReady()).toBe(true)
  } finally {
    await daemon.stop()
    rmSync(home, { recursive: true, force: true })
  }
})
