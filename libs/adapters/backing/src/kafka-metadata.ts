import { connect } from 'node:net'

const METADATA = 3
const VERSION = 4
const PATIENCE_MS = 3_000

/**
 * Asks one broker for cluster metadata and answers whether it named a broker and a controller. An open port is not yet
 * an answering broker. Written out here (KIP-4, Metadata v4) so that asking costs no client, no threads and no retries.
 */
export const kafkaAnswers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    let received = Buffer.alloc(0)
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(PATIENCE_MS, () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.once('connect', () => socket.write(metadataRequest('kubesift-ready')))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0))
        end(namesAController(received))
    })
  })

const metadataRequest = (clientId: string): Buffer => {
  const id = Buffer.from(clientId)
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + id.length + 4 + 1)
  let at = body.writeInt32BE(body.length - 4, 0)
  at = body.writeInt16BE(METADATA, at)
  at = body.writeInt16BE(VERSION, at)
  at = body.writeInt32BE(1, at)
  at = body.writeInt16BE(id.length, at)
  at += id.copy(body, at)
  at = body.writeInt32BE(0, at)
  body.writeInt8(0, at)
  return body
}

/** Size, correlation id, throttle time, brokers (id, host, port, rack), cluster id, controller id. */
const namesAController = (frame: Buffer): boolean => {
  try {
    let at = 12
    const brokers = frame.readInt32BE(at)
    at += 4
    for (let i = 0; i < brokers; i += 1) {
      at += 4
      at += 2 + Math.max(0, frame.readInt16BE(at))
      at += 4
      at += 2 + Math.max(0, frame.readInt16BE(at))
    }
    at += 2 + Math.max(0, frame.readInt16BE(at))
    return brokers > 0 && frame.readInt32BE(at) >= 0
  } catch (why) {
    if (why instanceof RangeError) return false
    throw why
  }
}
