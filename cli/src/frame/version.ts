import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const Manifest = z.object({ version: z.string() })

/** The version of this checkout and of the Node it runs on. */
export const version = async (root: string): Promise<string> => {
  const manifest = Manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  return `kubesift ${manifest.version} (Node ${process.version})`
}
