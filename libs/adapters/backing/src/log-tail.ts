import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const WINDOW = 16_384

/** The line of a log that most likely says why its process ended: the last error after `from`, else the last line. */
export const tellingLine = (path: string, from = 0): string | undefined => {
  const lines = tail(path, from)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const telling = lines.findLast((line) => /\b(fatal|error|exception|failed|refused)\b/i.test(line))
  return (telling ?? lines.at(-1))?.slice(0, 300)
}

const tail = (path: string, from: number): string => {
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    const start = Math.max(size < from ? 0 : from, size - WINDOW)
    const buffer = Buffer.alloc(size - start)
    readSync(fd, buffer, 0, buffer.length, start)
    return buffer.toString('utf8')
  } finally {
    closeSync(fd)
  }
}
