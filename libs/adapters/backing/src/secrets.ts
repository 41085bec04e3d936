import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { readJsonFile, writeJsonFile } from './json-file.ts'

const Secrets = z.object({ postgres: z.string().min(1), redis: z.string().min(1) })
export type Secrets = z.infer<typeof Secrets>

/** The passwords of this home's Postgres and Redis: loopback is shared by every account of a machine. */
export const secretsOf = (home: string): Secrets => {
  const file = join(home, 'secrets.json')
  const known = readJsonFile(file, Secrets)
  if (known !== undefined) return known
  const fresh = {
    postgres: randomBytes(18).toString('hex'),
    redis: randomBytes(18).toString('hex'),
  }
  writeJsonFile(file, fresh)
  return fresh
}
