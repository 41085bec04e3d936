import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CASES } from './lint-rules.cases.ts'
import { WORLD_NAMES } from './purity.cases.ts'

const repository = resolve(import.meta.dirname, '../..')
const house = mkdtempSync(join(tmpdir(), 'kubesift-lint-'))
const PLACE = 'services/proof/src'

const Report = z.object({
  diagnostics: z.array(z.object({ code: z.string().default(''), filename: z.string() })),
})

const Settings = z.object({
  rules: z.record(z.string(), z.unknown()),
  overrides: z.array(z.object({ rules: z.record(z.string(), z.unknown()) })),
})

let found: readonly { readonly code: string; readonly filename: string }[] = []

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(house, file)), { recursive: true })
  writeFileSync(join(house, file), `${text}\n`)
}

/** The cases are laid out under the folders they pretend to be in, and linted by the repository's own settings in one run. */
const fileOf = (at: number, twin: 'bad' | 'good'): string => {
  const { at: place = PLACE, suffix = '' } = CASES[at] ?? {}
  return `${place}/case-${at}-${twin}${suffix}.ts`
}

const rulesIn = (file: string): readonly string[] =>
  found.filter(({ filename }) => filename.replaceAll('\\', '/') === file).map(({ code }) => code)

beforeAll(() => {
  copyFileSync(join(repository, '.oxlintrc.json'), join(house, '.oxlintrc.json'))
  symlinkSync(join(repository, 'node_modules'), join(house, 'node_modules'), 'junction')
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    experimentalDecorators: true,
    types: ['node'],
  }
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['**/*.ts'] }))
  for (const place of new Set([PLACE, ...CASES.map(({ at }) => at ?? PLACE)])) {
    write(
      `${place}/other.ts`,
      'export const other = 1\nexport const another = 2\nexport type Case = number',
    )
  }
  CASES.forEach(({ bad, good }, at) => {
    write(fileOf(at, 'bad'), bad)
    write(fileOf(at, 'good'), good)
  })
  const there = CASES.findIndex(({ rule }) => rule === 'import(no-cycle)')
  const importThere = `import { there } from './case-${there}-bad.ts'`
  write(`${PLACE}/back.ts`, `${importThere}\nexport const back = (): number => there()`)
  write(`${PLACE}/camelCase.ts`, 'export const a = 1')
  write(`${PLACE}/incidents.v1.ts`, 'export const a = 1')
  write(
    `${PLACE}/itself.ts`,
    "import { a as b } from './itself.ts'\nexport const a = (): unknown => b",
  )
  write(
    'libs/core/signal/src/reads.spec.ts',
    "import { readFileSync } from 'node:fs'\nexport const a = [readFileSync, Date.now()]",
  )
  write('services/proof/src/main.ts', "export const a = process.env['HOME']")
  const oxlint = join(repository, 'node_modules/oxlint/bin/oxlint')
  const { stdout } = spawnSync(process.execPath, [oxlint, '-f', 'json', '.'], {
    cwd: house,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  found = Report.parse(JSON.parse(stdout)).diagnostics
}, 120_000)

afterAll(() => rmSync(house, { recursive: true, force: true }))

describe('a deliberate violation is reported, and its clean twin is not', () => {
  test.each(CASES.map(({ rule, bad }, at) => ({ rule, at, line: bad.split('\n').at(-1) })))(
    '$rule: $line',
    ({ rule, at }) => {
      expect(rulesIn(fileOf(at, 'bad'))).toContain(rule)
      expect(rulesIn(fileOf(at, 'good'))).toEqual([])
    },
  )

  test('unicorn(filename-case)', () => {
    expect(rulesIn(`${PLACE}/camelCase.ts`)).toEqual(['unicorn(filename-case)'])
    expect(rulesIn(`${PLACE}/incidents.v1.ts`)).toEqual([])
  })

  test('import(no-self-import)', () => {
    expect(rulesIn(`${PLACE}/itself.ts`)).toContain('import(no-self-import)')
  })
})

test('tests in core may read recordings, and main may read the environment', () => {
  expect(rulesIn('libs/core/signal/src/reads.spec.ts')).toEqual([])
  expect(rulesIn('services/proof/src/main.ts')).toEqual([])
})

test('no rule is set without its proof', () => {
  const { config } = ts.readConfigFile(join(repository, '.oxlintrc.json'), (file) =>
    ts.sys.readFile(file),
  )
  const { rules, overrides } = Settings.parse(config)
  const set = [rules, ...overrides.map((one) => one.rules)]
    .flatMap((one) => Object.entries(one))
    .filter(([, level]) => level !== 'off')
    .map(([name]) => (name.includes('/') ? name.replace(/\/(.*)$/, '($1)') : `eslint(${name})`))
  const proven = new Set([
    ...CASES.map(({ rule }) => rule),
    'unicorn(filename-case)',
    'import(no-self-import)',
  ])
  expect([...new Set(set)].filter((rule) => !proven.has(rule))).toEqual([])
})

test('every global that core may not touch has its proof', () => {
  const { config } = ts.readConfigFile(join(repository, '.oxlintrc.json'), (file) =>
    ts.sys.readFile(file),
  )
  const named = JSON.stringify(config).matchAll(/\{"name":"(\w+)","message"/g)
  expect(new Set([...named].map(([, name]) => name))).toEqual(new Set(WORLD_NAMES))
})
