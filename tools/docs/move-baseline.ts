import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { BASELINE, breaksOf, contractsOfBaseline, contractsOfToday } from './baseline.ts'
import { root } from './pages.ts'

/** `npm run baseline`: from now on today's contracts are what no change may break. */
const breaks = breaksOf(contractsOfBaseline(), contractsOfToday())
if (breaks.length > 0 && !process.argv.includes('--accept-breaks')) {
  console.error(breaks.join('\n'))
  console.error(
    `\n${breaks.length} changes break readers of the baseline, which was not moved. A new version of the topic breaks nobody;` +
      '\nwhere it is to be this way all the same: npm run baseline -- --accept-breaks',
  )
  process.exitCode = 1
} else {
  rmSync(join(root, BASELINE), { recursive: true, force: true })
  mkdirSync(join(root, BASELINE))
  for (const [file, contract] of contractsOfToday())
    writeFileSync(join(root, BASELINE, file), `${JSON.stringify(contract, null, 2)}\n`)
  console.log(`${BASELINE} is what the contracts are today`)
  for (const line of breaks) console.log(`broken: ${line}`)
}
