import net from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { createKafka } from './client.ts'
import { framedSocket } from './socket.ts'

const open: net.Server[] = []
const connections = new Set<net.Socket>()

/** A peer on this machine; what it does with a connection is the test's. */
const aPeer = async (serve: (socket: net.Socket) => void): Promise<number> => {
  const server = net.createServer((socket) => {
    connections.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => connections.delete(socket))
    serve(socket)
  })
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as net.AddressInfo).port
}

afterEach(async () => {
  for (const socket of connections) socket.destroy()
  for (const server of open.splice(0)) {
    server.close()
    await once(server, 'close')
  }
})

const framed = (content: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(content.length)
  return Buffer.concat([size, content])
}

/** Everything that kafkajs is handed until the connection ends. */
const readAll = (port: number): Promise<{ frames: Buffer[]; error: Error | undefined }> =>
  new Promise((resolve) => {
    const frames: Buffer[] = []
    let error: Error | undefined
    const socket = framedSocket({
      host: '127.0.0.1',
      port,
      ssl: undefined as never,
      onConnect: () => undefined,
    })
    socket.on('data', (frame: Buffer) => frames.push(frame))
    socket.on('error', (e: Error) => (error = e))
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve({ frames, error }))
  })

describe('a connection', () => {
  test('hands on whole answers, also those that are larger than what is read at once', async () => {
    const sent = [10, 0, 3_000_000, 1, 256 * 1024, 700_000].map((size, i) =>
      framed(Buffer.alloc(size, i)),
    )
    const port = await aPeer((socket) => socket.end(Buffer.concat(sent)))
    const { frames, error } = await readAll(port)
    expect(error).toBeUndefined()
    expect(frames.map(({ length }) => length)).toEqual(sent.map(({ length }) => length))
    expect(Buffer.concat(frames).equals(Buffer.concat(sent))).toBe(true)
  })

  test('that ends in the middle of an answer hands on what came before', async () => {
    const sent = framed(Buffer.from('whole'))
    const half = framed(Buffer.alloc(5_000)).subarray(0, 2_000)
    const port = await aPeer((socket) => socket.end(Buffer.concat([sent, half])))
    expect(await readAll(port)).toEqual({ frames: [sent], error: undefined })
  })

  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['TLS', '\x15\x03\x03\x00\x02\x02\x46'],
  ])('to a peer that speaks %s ends in an error at once', async (_, said) => {
    const port = await aPeer((socket) => socket.write(said, 'latin1'))
    const { frames, error } = await readAll(port)
    expect(frames).toEqual([])
    expect(error?.message).toContain('is this a Kafka broker?')
  })
})

describe('a client', () => {
  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['TLS', '\x15\x03\x03\x00\x02\x02\x46'],
  ])('of what speaks %s fails soon, without memory for what was announced', async (_, said) => {
    const port = await aPeer((socket) => socket.on('data', () => socket.write(said, 'latin1')))
    const before = process.memoryUsage().arrayBuffers
    const { client } = createKafka({ brokers: [`127.0.0.1:${port}`], clientId: 'test' })
    const admin = client.admin()
    await expect(admin.connect()).rejects.toThrow('is this a Kafka broker?')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
  })
})
