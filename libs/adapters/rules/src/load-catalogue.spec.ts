import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BadRules } from './bad-rules.ts'
import { loadCatalogue } from './load-catalogue.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubesift-rules-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

const write = (name: string, ...lines: string[]): void => {
  writeFileSync(join(dir, name), `${lines.join('\n')}\n`)
}

const problem = (name: string, ...more: string[]): string[] => [
  `  - problem: ${name}`,
  '    title: it fails',
  '    severity: P3',
  '    recovery: workload',
  '    stability: 90s',
  '    ttl: 1h',
  ...more,
]

const faultsOf = (): BadRules => {
  try {
    loadCatalogue(dir)
  } catch (error) {
    if (error instanceof BadRules) return error
    throw error
  }
  throw new Error('the rules were accepted')
}

describe('loadCatalogue', () => {
  it('reads the files in name order and fills defaults', () => {
    write(
      '20-b.yaml',
      'problems:',
      ...problem('Beta'),
      'ignore:',
      '  - reason: Pulled',
      '    why: routine',
    )
    write('10-a.yml', 'problems:', ...problem('Alpha'))
    write('notes.txt', 'not: [a rule')
    const catalogue = loadCatalogue(dir)
    expect(catalogue.problems.map((p) => p.problem)).toEqual(['Alpha', 'Beta'])
    expect(catalogue.problems[0]).toMatchObject({
      stability: 90_000,
      ttl: 3_600_000,
      opens: { count: 1 },
    })
    expect(catalogue.ignore).toEqual([{ reason: ['Pulled'], why: 'routine' }])
  })

  it('hashes the texts, not the names', () => {
    write('a.yaml', 'problems:', ...problem('Alpha'))
    const { hash } = loadCatalogue(dir)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    rmSync(join(dir, 'a.yaml'))
    write('z.yaml', 'problems:', ...problem('Alpha'))
    expect(loadCatalogue(dir).hash).toBe(hash)
    write('z.yaml', 'problems:', ...problem('Alpha'), '# a word')
    expect(loadCatalogue(dir).hash).not.toBe(hash)
  })

  it('names file, line and path of every fault of every file at once', () => {
    write('a.yaml', 'problems:', ...problem('Alpha', '    severty: P1'), ...problem('lower'))
    write('b.yaml', 'problems:', ...problem('Alpha'))
    write('c.yaml', 'problems: [', 'x')
    const { faults, message } = faultsOf()
    const brief = faults.map((f) => `${f.file}:${f.line} ${f.path ?? ''}`)
    expect(brief).toContain('a.yaml:8 problems.0.severty')
    expect(brief).toContain('a.yaml:9 problems.1.problem')
    expect(brief.some((b) => b.startsWith('c.yaml:'))).toBe(true)
    expect(message).toContain('unknown key "severty"')
  })

  it('refuses a problem that is defined twice, naming both places', () => {
    write('a.yaml', 'problems:', ...problem('Alpha'))
    write('b.yaml', 'problems:', ...problem('Beta'), ...problem('Alpha'))
    expect(faultsOf().faults).toEqual([
      {
        file: 'b.yaml',
        line: 8,
        path: 'problems.1.problem',
        what: 'problem "Alpha" is defined twice, first in a.yaml:2',
      },
    ])
  })

  it('points at the rule where a key is missing', () => {
    write('a.yaml', 'problems:', '  - problem: Alpha', '    title: x')
    expect(faultsOf().faults.map((f) => f.line)).toEqual([2, 2, 2, 2])
  })

  it('refuses bad patterns, bad durations and doubled keys', () => {
    write('a.yaml', 'problems:', ...problem('Alpha', '    events: [{reason: X, message: "("}]'))
    write('b.yaml', 'problems:', ...problem('Beta', '    opens: {span: soon}'))
    write('c.yaml', 'problems:', ...problem('Gamma', '    title: again'))
    expect(faultsOf().faults.map((f) => f.file)).toEqual(['a.yaml', 'b.yaml', 'c.yaml'])
  })

  it('refuses a folder that is missing, and one without rules', () => {
    expect(() => loadCatalogue(join(dir, 'nowhere'))).toThrow(/cannot be read/)
    expect(() => loadCatalogue(dir)).toThrow(/holds no \.yaml file/)
  })

  it('does not expand an alias bomb', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
    for (const [to, from] of ['ba', 'cb', 'dc', 'ed', 'fe']) {
      bomb.push(`${to}: &${to} [*${from},*${from},*${from},*${from},*${from},*${from},*${from}]`)
    }
    write('a.yaml', ...bomb)
    expect(faultsOf().faults).toHaveLength(1)
  })
})
