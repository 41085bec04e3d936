import { createGunzip } from 'node:zlib'

const CHUNK = 256 * 1024

/** The bytes of a stream, unpacked where they begin as gzip does (RFC 1952: 1f 8b), whatever the file is called. */
const unpacked = async function* (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, rest } = await beginning(bytes, 2)
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* joined(head, rest)
    return
  }
  const gunzip = createGunzip({ chunkSize: CHUNK })
  const feeding = feed(gunzip, joined(head, rest))
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array
  } finally {
    gunzip.destroy()
    await feeding
  }
}

/** Hands the input over with back-pressure; an input that fails destroys the stream, so that its reader hears of it. */
const feed = async (
  gunzip: ReturnType<typeof createGunzip>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> => {
  try {
    for await (const chunk of bytes) {
      if (gunzip.destroyed) return
      if (!gunzip.write(chunk)) await drained(gunzip)
    }
    gunzip.end()
  } catch (why) {
    gunzip.destroy(why instanceof Error ? why : new Error(String(why)))
  }
}

const drained = (gunzip: ReturnType<typeof createGunzip>): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      gunzip.off('drain', done).off('close', done)
      resolve()
    }
    gunzip.on('drain', done).on('close', done)
  })

/** The first bytes, at least `wanted` of them where there are so many. */
const beginning = async (bytes: AsyncIterable<Uint8Array>, wanted: number) => {
  const rest = bytes[Symbol.asyncIterator]()
  let head = new Uint8Array(0)
  while (head.length < wanted) {
    const next = await rest.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  return { head, rest: { [Symbol.asyncIterator]: () => rest } }
}

const joined = async function* (
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  yield* rest
}

/** PowerShell's `>` writes UTF-16; everyone else writes UTF-8, some with a byte order mark. */
const encodingOf = (head: Uint8Array): string => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

/** The text of an input, piece by piece: gunzipped and decoded, without a byte order mark. */
export const textOf = async function* (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const { head, rest } = await beginning(unpacked(bytes), 2)
  const decoder = new TextDecoder(encodingOf(head))
  for await (const chunk of joined(head, rest)) {
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield text
  }
  const last = decoder.decode()
  if (last !== '') yield last
}
