import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { knownsFileSchema, type Knowns } from '@kubesift/contracts'
import { parse } from 'yaml'

const FOLDER = fileURLToPath(new URL('../../../../../rules/knowns/', import.meta.url))

/** The rules as they are shipped. For tests only: the core itself reads no file. */
export const shipped: Knowns = {
  hash: 'test',
  knowns: readdirSync(FOLDER)
    .sort()
    .flatMap((f) => knownsFileSchema.parse(parse(readFileSync(`${FOLDER}${f}`, 'utf8'))).knowns),
}
