import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const WINDOW = 16_384

/** The line of some output that most likely says why its process ended: the last error in it, else the last line. */
export const tellingLineOf = (output: string): string | undefined => {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const telling = lines.findLast((line) => /\b(fatal|error|exception|failed|refused)\b/i.test(line))
  return (telling ?? lines.at(-1))?.slice(0, 300)
}

/** That line of a log, from `from` on. */
export const tellingLine = (path: string, from = 0): string | undefined =>
  tellingLineOf(tail(path, from))

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
