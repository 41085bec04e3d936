import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root, textOf, withSection } from './pages.ts'

const PAGE = 'docs/evaluation.md'

/** `npm run evaluation`: measures anew what the page shows. The section `eval DIR` holds what is measured of DIR. */
const measured = (dir: string): string =>
  execFileSync(
    process.execPath,
    ['--conditions=source', 'cli/src/main.ts', 'eval', dir, '--format', 'markdown'],
    { cwd: root, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  ).trimEnd()

let page = textOf(PAGE)
for (const [, dir = ''] of page.matchAll(/<!-- eval (\S+) -->/g)) {
  if (existsSync(join(root, dir))) page = withSection(page, `eval ${dir}`, measured(dir))
  else console.error(`${dir} is not here: its section stays as it was`)
}
writeFileSync(join(root, PAGE), page)
