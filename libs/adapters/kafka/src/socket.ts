import net from 'node:net'
import type kafkajs from 'kafkajs'
import { Frames } from './frames.ts'

/** Read at once; one buffer for a connection's life. */
const READ_BYTES = 256 * 1024
const KEEP_ALIVE_MS = 60_000

/**
 * Connections that read into one buffer again and again and hand on whole answers. kafkajs otherwise gets a new buffer for each 64 KB, and
 * copies them together: twice the bytes, and so twice the garbage collections that large buffers bring about.
 * Only where nothing is encrypted and nobody signs in: what is said before that is not in frames.
 */
export const framedSocket: kafkajs.ISocketFactory = ({ host, port, onConnect }) => {
  const socket: net.Socket = net.connect(
    {
      host,
      port,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (length, piece) => {
          try {
            frames.take(piece as Buffer, length)
          } catch (error) {
            socket.destroy(error as Error)
          }
          return true
        },
      },
    },
    onConnect,
  )
  const frames = new Frames((frame) => socket.emit('data', frame))
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  return socket
}
