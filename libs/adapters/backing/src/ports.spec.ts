import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PortBook } from './ports.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ports-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const occupy = async (port: number): Promise<AsyncDisposable> => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

test('a port is chosen once and remembered over restarts', async () => {
  const chosen = await new PortBook(home, {}).claim('kafka')
  expect(await new PortBook(home, {}).claim('kafka')).toBe(chosen)
})

test('two names never get the same port, even before anybody listens', async () => {
  const book = new PortBook(home, {})
  const ports = await Promise.all(['a', 'b', 'c'].map((name) => book.claim(name)))
  expect(new Set(ports).size).toBe(3)
})

test('a remembered port that somebody else took is given up, unless it is ours that listens there', async () => {
  const chosen = await new PortBook(home, {}).claim('kafka')
  await using _stranger = await occupy(chosen)
  expect(await new PortBook(home, {}).claim('kafka', true)).toBe(chosen)
  expect(await new PortBook(home, {}).claim('kafka')).not.toBe(chosen)
})

test('a pinned port that is taken is an error that names the port and the variable', async () => {
  const port = await new PortBook(home, {}).claim('other')
  await using _stranger = await occupy(port)
  const book = new PortBook(home, { KUBESIFT_KAFKA_PORT: String(port) })
  await expect(book.claim('kafka')).rejects.toThrow(`port ${port} (KUBESIFT_KAFKA_PORT) is in use`)
})

test('a pinned port that is no port is an error', async () => {
  const book = new PortBook(home, { KUBESIFT_REDIS_PORT: '66000' })
  await expect(book.claim('redis')).rejects.toThrow(
    'KUBESIFT_REDIS_PORT=66000 is not a port number',
  )
})
