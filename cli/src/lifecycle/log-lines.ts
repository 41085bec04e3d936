import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as pause } from 'node:timers/promises'

const BLOCK = 65_536
const POLL_MS = 200

/** The last lines of a file, read from its end. */
export const lastLines = (path: string, count: number): readonly string[] => {
  if (count === 0) return []
  const fd = openSync(path, 'r')
  try {
    let start = fstatSync(fd).size
    let tail = Buffer.alloc(0)
    // one more line break than lines, because the first block may begin in the middle of a line
    while (start > 0 && lineBreaks(tail) <= count) {
      const length = Math.min(BLOCK, start)
      start -= length
      const block = Buffer.alloc(length)
      readSync(fd, block, 0, length, start)
      tail = Buffer.concat([block, tail])
    }
    const lines = tail.toString('utf8').split('\n')
    if (lines.at(-1) === '') lines.pop()
    return lines.slice(-count)
  } finally {
    closeSync(fd)
  }
}

const lineBreaks = (bytes: Buffer): number => {
  let found = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) found += 1
  return found
}

/** Every line written from now on; a file that was rotated (it got shorter) is read from its new beginning. */
export const followFile = async (
  path: string,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> => {
  const fd = openSync(path, 'r')
  try {
    let at = fstatSync(fd).size
    let rest = ''
    let decoder = new StringDecoder('utf8')
    const block = Buffer.alloc(BLOCK)
    while (!signal.aborted) {
      if (fstatSync(fd).size < at) [at, rest, decoder] = [0, '', new StringDecoder('utf8')]
      const length = readSync(fd, block, 0, BLOCK, at)
      at += length
      const lines = (rest + decoder.write(block.subarray(0, length))).split('\n')
      rest = lines.pop() ?? ''
      lines.forEach(onLine)
      if (length === 0) await untilNextLook(signal)
    }
  } finally {
    closeSync(fd)
  }
}

const untilNextLook = async (signal: AbortSignal): Promise<void> => {
  try {
    await pause(POLL_MS, undefined, { signal })
  } catch (why) {
    if (!signal.aborted) throw why
  }
}
