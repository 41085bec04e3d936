import { PURITY } from './purity.cases.ts'
import type { Case } from './case.ts'

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n')

const branches = (count: number): string =>
  `export const pick = (n: number): string => {\n${lines(count, (at) => `  if (n === ${at}) return 'a${at}'`)}\n  return 'none'\n}`

const body = (count: number): string =>
  `export const act = (say: (n: number) => void): void => {\n${lines(count, (at) => `  say(${at})`)}\n}`

const params = (count: number): string => {
  const names = Array.from({ length: count }, (_, at) => `p${at}`)
  return `export const sum = (${names.map((name) => `${name}: number`).join(', ')}): number => ${names.join(' + ')}`
}

const size: readonly Case[] = [
  {
    rule: 'eslint(max-lines)',
    bad: lines(251, (at) => `export const a${at} = ${at}`),
    good: lines(250, (at) => `export const a${at} = ${at}\n\n// why`),
  },
  { rule: 'eslint(max-lines-per-function)', bad: body(60), good: body(50) },
  { rule: 'eslint(max-params)', bad: params(5), good: params(4) },
  { rule: 'eslint(max-params)', at: 'libs/adapters/otlp/src', bad: params(6), good: params(5) },
  {
    rule: 'eslint(max-depth)',
    bad: 'export const f = (a: boolean, say: () => void): void => {\n  if (a) { for (;;) { if (a) { while (a) { if (a) { say() } } } } }\n}',
    good: 'export const f = (a: boolean, say: () => void): void => {\n  if (a) { for (;;) { if (a) { say() } } }\n}',
  },
  { rule: 'eslint(complexity)', bad: branches(21), good: branches(15) },
]

const doors: readonly Case[] = [
  {
    rule: 'typescript(no-explicit-any)',
    bad: 'export const f = (a: any): boolean => a === 1',
    good: 'export const f = (a: unknown): boolean => a === 1',
  },
  {
    rule: 'typescript(no-unsafe-argument)',
    bad: 'export const f = (g: (n: number) => void): void => g(JSON.parse("1"))',
    good: 'export const f = (g: (n: unknown) => void): void => g(JSON.parse("1"))',
  },
  {
    rule: 'typescript(no-unsafe-assignment)',
    bad: 'export const a = JSON.parse("1")',
    good: 'export const a: unknown = JSON.parse("1")',
  },
  {
    rule: 'typescript(no-unsafe-call)',
    bad: 'JSON.parse("1")()',
    good: 'JSON.parse("1")',
  },
  {
    rule: 'typescript(no-unsafe-member-access)',
    bad: 'export const a: unknown = JSON.parse("1").b',
    good: 'export const a: unknown = JSON.parse("1")',
  },
  {
    rule: 'typescript(no-unsafe-return)',
    bad: 'export const f = (): string => JSON.parse("1")',
    good: 'export const f = (): unknown => JSON.parse("1")',
  },
  {
    rule: 'typescript(ban-ts-comment)',
    bad: '// @ts-ignore\nexport const a: number = 1',
    good: '// a reason\nexport const a: number = 1',
  },
  {
    rule: 'typescript(consistent-type-imports)',
    bad: "import { Case } from './other.ts'\nexport type Other = Case",
    good: "import type { Case } from './other.ts'\nexport type Other = Case",
  },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    bad: "export const f = (a: 'x' | 'y'): number => {\n  switch (a) {\n    case 'x':\n      return 1\n  }\n  return 0\n}",
    good: "export const f = (a: 'x' | 'y'): number => {\n  switch (a) {\n    case 'x':\n      return 1\n    case 'y':\n      return 2\n  }\n}",
  },
  {
    rule: 'typescript(parameter-properties)',
    bad: 'export class A {\n  constructor(readonly b: number) {}\n}',
    good: 'export class A {\n  readonly b: number\n  constructor(b: number) {\n    this.b = b\n  }\n}',
  },
  {
    rule: 'typescript(no-namespace)',
    bad: 'export namespace A {\n  export const b = 1\n}',
    good: 'export const A = { b: 1 } as const',
  },
  {
    rule: 'oxc(no-const-enum)',
    bad: 'export const enum A {\n  b,\n}',
    good: "export const A = { b: 'b' } as const",
  },
  {
    rule: 'eslint(eqeqeq)',
    bad: 'export const f = (a: number, b: number): boolean => a == b',
    good: 'export const f = (a: number | null, b: number): boolean => a == null || a === b',
  },
  { rule: 'eslint(no-var)', bad: 'export var a = 1', good: 'export const a = 1' },
  {
    rule: 'eslint(prefer-const)',
    bad: 'let a = 1\nexport const b = a',
    good: 'const a = 1\nexport const b = a',
  },
  {
    rule: 'eslint(no-self-compare)',
    bad: 'export const f = (a: number): boolean => a === a',
    good: 'export const f = (a: number): boolean => a === 1',
  },
]

const failures: readonly Case[] = [
  {
    rule: 'eslint(no-empty)',
    bad: 'export const f = (g: () => void): void => {\n  try {\n    g()\n  } catch {}\n}',
    good: 'export const f = (g: () => void): boolean => {\n  try {\n    g()\n    return true\n  } catch {\n    return false\n  }\n}',
  },
  {
    rule: 'typescript(no-floating-promises)',
    bad: 'export const f = (g: () => Promise<void>): void => {\n  g()\n}',
    good: 'export const f = async (g: () => Promise<void>): Promise<void> => {\n  await g()\n}',
  },
  {
    rule: 'typescript(no-misused-promises)',
    bad: 'export const f = (g: () => Promise<boolean>): number => (g() ? 1 : 0)',
    good: 'export const f = async (g: () => Promise<boolean>): Promise<number> => ((await g()) ? 1 : 0)',
  },
  {
    rule: 'typescript(only-throw-error)',
    bad: "export const f = (): never => {\n  throw 'bad'\n}",
    good: "export const f = (): never => {\n  throw new Error('bad')\n}",
  },
  {
    rule: 'typescript(prefer-promise-reject-errors)',
    bad: "export const f = (): Promise<void> => Promise.reject('bad')",
    good: "export const f = (): Promise<void> => Promise.reject(new Error('bad'))",
  },
  {
    rule: 'typescript(return-await)',
    bad: 'export const f = async (g: () => Promise<number>): Promise<number> => {\n  try {\n    return g()\n  } catch {\n    return 0\n  }\n}',
    good: 'export const f = async (g: () => Promise<number>): Promise<number> => {\n  try {\n    return await g()\n  } catch {\n    return 0\n  }\n}',
  },
]

const imports: readonly Case[] = [
  {
    rule: 'import(no-cycle)',
    bad: "import { back } from './back.ts'\nexport const there = (): number => back()",
    good: "import { other } from './other.ts'\nexport const there = other",
  },
  {
    rule: 'import(no-duplicates)',
    bad: "import { other } from './other.ts'\nimport { another } from './other.ts'\nexport const both = [other, another]",
    good: "import { another, other } from './other.ts'\nexport const both = [other, another]",
  },
  { rule: 'import(no-default-export)', bad: 'export default 1', good: 'export const one = 1' },
  {
    rule: 'import(no-mutable-exports)',
    bad: 'export let a = 1\na = 2',
    good: 'export const a = 1',
  },
  { rule: 'import(no-commonjs)', bad: 'module.exports = {}', good: 'export const a = {}' },
  {
    rule: 'node(no-process-env)',
    bad: "export const a = process.env['HOME']",
    good: 'export const a = process.version',
  },
  {
    rule: 'eslint(no-console)',
    bad: 'console.log(1)',
    good: 'export const say = (print: (n: number) => void): void => print(1)',
  },
]

const test = (line: string): string =>
  `import { expect, test } from 'vitest'\n${line}("adds", () => {\n  expect(1 + 1).toBe(2)\n})`

const tests: readonly Case[] = [
  {
    rule: 'vitest(no-focused-tests)',
    suffix: '.spec',
    bad: test('test.only'),
    good: test('test'),
  },
  {
    rule: 'vitest(no-disabled-tests)',
    suffix: '.spec',
    bad: test('test.skip'),
    good: test('test'),
  },
  {
    rule: 'vitest(warn-todo)',
    suffix: '.spec',
    bad: "import { test } from 'vitest'\ntest.todo('adds')",
    good: test('test'),
  },
  {
    rule: 'vitest(no-import-node-test)',
    suffix: '.spec',
    bad: "import { test } from 'node:test'\ntest('adds', () => {})",
    good: test('test'),
  },
  {
    rule: 'vitest(valid-expect)',
    suffix: '.spec',
    bad: "import { expect, test } from 'vitest'\ntest('adds', () => {\n  expect(2)\n})",
    good: "import { expect, test } from 'vitest'\ntest('adds', () => {\n  expect(2, 'a sum').toBe(2)\n})",
  },
]

/** Every rule that .oxlintrc.json names, violated once (those about file names and self-imports are in the spec). */
export const CASES: readonly Case[] = [
  ...size,
  ...doors,
  ...failures,
  ...imports,
  ...tests,
  ...PURITY,
]
