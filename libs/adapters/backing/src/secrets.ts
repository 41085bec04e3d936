import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { readJsonFile, writeJsonFile } from './json-file.ts'

const Stored = z.object({
  postgres: z.string().min(1),
  redis: z.string().min(1),
  // homes of an earlier version have none
  collectorHashKey: z.string().min(1).optional(),
})
export interface Secrets {
  readonly postgres: string
  readonly redis: string
  readonly collectorHashKey: string
}

/**
 * The passwords of this home's Postgres and Redis (loopback is shared by every account of a machine), and the key under
 * which the Collector's agent hashes what it takes out: kept, so that an unchanged value keeps its hash.
 */
export const secretsOf = (home: string): Secrets => {
  const file = join(home, 'secrets.json')
  const known = readJsonFile(file, Stored)
  if (known?.collectorHashKey !== undefined)
    return { ...known, collectorHashKey: known.collectorHashKey }
  const fresh = {
    postgres: known?.postgres ?? randomBytes(18).toString('hex'),
    redis: known?.redis ?? randomBytes(18).toString('hex'),
    collectorHashKey: randomBytes(32).toString('hex'),
  }
  writeJsonFile(file, fresh)
  return fresh
}
