import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '../..')

/**
 * Every check of the lint tier: its name, what a fault of it means, and what runs. The quickest come first; types come
 * before rules, because rules that know types read one package from another as the compiler has built it.
 */
const CHECKS: readonly (readonly [name: string, faults: string, ...command: string[]])[] = [
  ['boundaries', 'an import that the house refuses', 'tools/lint/check-boundaries.ts'],
  ['dead code', 'something that nobody uses', 'node_modules/knip/bin/knip.js'],
  [
    'format',
    'run `npm run format`',
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--cache',
    '.',
  ],
  ['types', 'code or a test that does not typecheck', 'node_modules/typescript/bin/tsc', '-b'],
  ['rules', 'a rule of .oxlintrc.json', 'node_modules/oxlint/bin/oxlint', '--format=unix'],
]

/** `npm run lint -- types rules` runs only these. */
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !CHECKS.some(([known]) => known === name))
if (unknown.length > 0) {
  const names = CHECKS.map(([name]) => `'${name}'`).join(', ')
  console.error(`no such check: ${unknown.join(', ')}; there are ${names}`)
  process.exit(2)
}

// Some tools look for others on the PATH: they are to find ours, on this Node.
const PATH = [join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter)

const results = CHECKS.filter(([name]) => wanted.length === 0 || wanted.includes(name)).map(
  ([name, faults, script, ...args]) => {
    console.log(`\n-- ${name}`)
    const begun = performance.now()
    const { status } = spawnSync(process.execPath, [script ?? '', ...args], {
      cwd: root,
      env: { ...process.env, PATH, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    return { name, faults, ok: status === 0, seconds: (performance.now() - begun) / 1000 }
  },
)

console.log('')
for (const { name, faults, ok, seconds } of results) {
  const verdict = ok ? 'ok' : `FAILED: ${faults}`
  console.log(`${name.padEnd(11)} ${seconds.toFixed(1).padStart(5)} s  ${verdict}`)
}
const failed = results.filter(({ ok }) => !ok).length

// `./kubesift test` counts each check as one
const report = process.env['KUBESIFT_LINT_REPORT']
if (report !== undefined)
  writeFileSync(report, JSON.stringify({ passed: results.length - failed, failed }))
process.exitCode = failed === 0 ? 0 : 1
