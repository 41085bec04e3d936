import { resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const base = resolve(import.meta.dirname, '../../tsconfig.base.json')

/** What the compiler says of this one file under the repository's own options. */
const complaintsAbout = (code: string): readonly string[] => {
  const read: unknown = ts.readConfigFile(base, (path) => ts.sys.readFile(path)).config
  const { options } = ts.parseJsonConfigFileContent(read, ts.sys, resolve(base, '..'))
  const file = resolve(base, '../proof.ts')
  const alone = { ...options, types: [], noEmit: true, composite: false, incremental: false }
  const host = ts.createCompilerHost(alone)
  const fromDisk = host.getSourceFile.bind(host)
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, code, version) : fromDisk(name, version)
  host.fileExists = (name) => name === file || ts.sys.fileExists(name)
  const program = ts.createProgram([file], alone, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

const CASES = [
  {
    option: 'erasableSyntaxOnly',
    bad: "export enum Kind {\n  pod = 'Pod',\n}",
    good: "export const Kind = { pod: 'Pod' } as const",
    says: 'erasableSyntaxOnly',
  },
  {
    option: 'noUncheckedIndexedAccess',
    bad: 'export const first = (all: string[]): string => all[0]',
    good: "export const first = (all: string[]): string => all[0] ?? ''",
    says: "'string | undefined'",
  },
  {
    option: 'exactOptionalPropertyTypes',
    bad: 'export const box: { a?: string } = { a: undefined }',
    good: 'export const box: { a?: string } = {}',
    says: 'exactOptionalPropertyTypes',
  },
  {
    option: 'noImplicitOverride',
    bad: 'class A {\n  a(): void {}\n}\nexport class B extends A {\n  a(): void {}\n}',
    good: 'class A {\n  a(): void {}\n}\nexport class B extends A {\n  override a(): void {}\n}',
    says: "'override'",
  },
  {
    option: 'strict',
    bad: 'export const same = (a) => a',
    good: 'export const same = (a: number): number => a',
    says: "'any'",
  },
] as const

test.each(CASES)(
  'the compiler holds $option',
  ({ bad, good, says }) => {
    expect(complaintsAbout(bad).join('\n')).toContain(says)
    expect(complaintsAbout(good)).toEqual([])
  },
  30_000,
)
