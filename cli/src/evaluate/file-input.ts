import { createReadStream } from 'node:fs'
import type { TriageInput } from '../triage/triage.ts'

/** One file, read when its turn comes. */
export const fileInput = (name: string): TriageInput => ({
  name,
  bytes: () => createReadStream(name, { highWaterMark: 256 * 1024 }),
})

/** A list that was made here, as if it had been read. */
export const madeInput = (name: string, value: unknown): TriageInput => ({
  name,
  bytes: async function* () {
    yield Buffer.from(JSON.stringify(value))
  },
})
