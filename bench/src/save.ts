import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { machineLine, type Machine } from './machine.ts'

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url))

/** Keeps a result for people (Markdown) and for machines (JSON); answers the path without its ending. */
export const save = (
  name: string,
  found: { readonly machine: Machine; readonly results: unknown },
  report: string,
): string => {
  mkdirSync(RESULTS, { recursive: true })
  const path = `${RESULTS}${found.machine.date.slice(0, 10)}-${name}`
  writeFileSync(`${path}.json`, `${JSON.stringify(found, null, 2)}\n`)
  writeFileSync(
    `${path}.md`,
    `# bench ${name}\n\n${machineLine(found.machine)}\n\n\`\`\`text\n${report}\n\`\`\`\n`,
  )
  return path
}
