import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Asked } from '@kubesift/core-context'
import { BadRules } from './bad-rules.ts'
import { compile } from './cel.ts'
import { loadIgnores } from './load-ignores.ts'
import { patternFault } from './safe-pattern.ts'

const asked = (more: object = {}): Asked => ({
  labels: { team: 'shop', 'app.kubernetes.io/name': 'cart' },
  context: {
    cluster: 'prod',
    namespace: 'load-1',
    owner: { kind: 'Deployment', name: 'cart', by: 'objects' },
    problem: 'ProbeFailure',
    severity: 'P3',
    reasons: [{ reason: 'Unhealthy', message: 'Readiness probe failed: HTTP 503' }],
    occurrenceCount: 12,
    objects: [{ kind: 'Pod', namespace: 'load-1', name: 'cart-1', node: 'n1' }],
    changes: [{ kind: 'rollout', summary: 'image 1 → 2', by: 'argocd' }],
    ...more,
  } as unknown as Asked['context'],
})

const holds = (when: string): boolean => {
  const compiled = compile(when)
  if (!compiled.ok) throw new Error(compiled.why)
  return compiled.matches(asked())
}
const refused = (when: string): string => {
  const compiled = compile(when)
  return compiled.ok ? 'accepted' : compiled.why
}

describe('a condition', () => {
  it.each([
    'cluster == "prod" && owner.namespace.startsWith("load-")',
    'owner.kind == "Deployment" && owner.name == "cart"',
    'problem in ["ProbeFailure", "Autoscaling"] && severity != "P1"',
    'reasons.all(r, r == "Unhealthy")',
    'messages.exists(m, m.contains("503"))',
    'messages.exists(m, m.matches("HTTP 5[0-9]+$"))',
    'occurrences < 100',
    'objects.exists(o, o.node == "n1")',
    'changes.exists(c, c.by == "argocd")',
    '"team" in labels && labels["team"] == "shop"',
    'labels["app.kubernetes.io/name"] == "cart"',
  ])('%s holds', (when) => {
    expect(holds(when)).toBe(true)
  })

  it('that cannot be answered is no match', () => {
    expect(holds('labels["absent"] == "x"')).toBe(false)
    expect(holds('1 / (occurrences - 12) > 0')).toBe(false)
  })

  it.each([
    ['owner.knd == "x"', 'knd'],
    ['nope == 1', 'nope'],
    ['namespace == "x"', 'write owner.namespace'],
    ['owner.kind ==', 'EOF'],
    ['owner.name', 'not a condition'],
    ['owner.kind == 1', 'no such overload'],
    ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T00:00:00Z")', 'not available'],
    ['reasons.all(a, reasons.all(b, reasons.all(c, a == b && b == c)))', 'within each other'],
    ['owner.name.matches(owner.namespace)', 'written out'],
    ['owner.name.matches("(a+)+$")', 'repeats a group'],
    ['owner.name.matches(".*a.*b")', 'more than 1'],
    ['(owner.name + owner.kind).matches("a")', 'put together'],
    ['messages.all(m, reasons.all(r, m.matches("a")))', 'more than one'],
    [Array.from({ length: 5 }, () => 'owner.name.matches("a")').join(' && '), 'more than 4 calls'],
    [Array.from({ length: 300 }, () => 'true').join(' && '), 'exceed'],
    [`${'('.repeat(60)}true${')'.repeat(60)}`, 'exceed'],
  ])('%s is refused', (when, why) => {
    expect(refused(when)).toMatch(new RegExp(why, 'i'))
  })

  it.each([
    'messages.all(m, !m.matches("x*y") || !m.matches("x*z") || !m.matches("[x]*y") || !m.matches(".*y"))',
    'messages.all(m, !m.matches("^x*.*y"))',
    'messages.all(m, messages.all(n, !(m + n).contains("y" + m) && !(n + m).contains("z" + n)))',
  ])('the worst that is allowed, %s, ends soon', (when) => {
    const compiled = compile(when)
    if (!compiled.ok) throw new Error(compiled.why)
    const reasons = Array.from({ length: 42 }, (_, i) => ({
      reason: `R${i}`,
      message: 'x'.repeat(5000),
    }))
    const before = performance.now()
    expect(compiled.matches(asked({ reasons }))).toBe(true)
    // measured: below 0.1 s
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

it.each([
  '^load-[0-9]+-.*$',
  'HTTP 5[0-9]+$',
  'a|b',
  '[a-z]{1,8}',
  '(?:x|y)z',
  '\\d+',
  '\\(x\\)',
  'https?://x',
  '^(?:web|api|shop)-(?:prod|stage)$',
  '^[^?|]+x',
])('the pattern %s is safe', (source) => {
  expect(patternFault(source)).toBeUndefined()
})

it.each([
  '(a|aa)+',
  '(a*)*',
  '(?=a)b',
  '(a)\\1',
  '(',
  'a{1,1000}',
  '.*.*',
  'a*|^b*',
  '(?<n>a)',
  '(x+){3}',
  `${'a?'.repeat(12)}${'a'.repeat(12)}`,
  '(a|a)'.repeat(12),
  '(?:a|(?:b|c))'.repeat(8),
  `^${'a{0,1}'.repeat(2)}${'b?'.repeat(12)}`,
])('the pattern %s is not', (source) => {
  expect(patternFault(source)).toBeTypeOf('string')
})

describe('loadIgnores', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kubesift-ignore-'))
  })
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  const write = (name: string, ...lines: string[]): void => {
    writeFileSync(join(dir, name), `${lines.join('\n')}\n`)
  }
  const rule = (name: string, when: string, ...more: string[]): string[] => [
    `  - name: ${name}`,
    `    when: ${when}`,
    '    why: we know',
    ...more,
  ]

  it('reads a folder or one file', () => {
    write('a.yaml', 'ignore:', ...rule('one', '"true"', '    until: 2027-01-01T00:00:00Z'))
    write('b.yaml', 'ignore:', ...rule('two', '"false"'))
    const { rules, hash } = loadIgnores(dir)
    expect(rules.map(({ name, until }) => [name, until])).toEqual([
      ['one', Date.UTC(2027, 0, 1)],
      ['two', undefined],
    ])
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(loadIgnores(join(dir, 'b.yaml')).rules.map(({ name }) => name)).toEqual(['two'])
  })

  it('names file, line and rule of every fault, those of expressions too', () => {
    write('a.yaml', 'ignore:', ...rule('one', 'owner.knd == "x"'), ...rule('two', 'owner.name'))
    write('b.yaml', 'ignore:', ...rule('one', '"true"'), ...rule('Bad', '"true"'))
    try {
      loadIgnores(dir)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof BadRules)) throw error
      expect(error.faults.map(({ file, line, what }) => [file, line, what])).toEqual([
        ['a.yaml', 3, 'ignore rule "one": No such key: knd'],
        ['a.yaml', 6, 'ignore rule "two": it is a string, not a condition'],
        ['b.yaml', 5, 'a name is lower-case words with hyphens'],
      ])
    }
  })

  it('refuses a name that is given twice', () => {
    write('a.yaml', 'ignore:', ...rule('one', '"true"'), ...rule('one', '"true"'))
    expect(() => loadIgnores(dir)).toThrow(/"one" is defined twice/)
  })

  it('refuses a path that is not there', () => {
    expect(() => loadIgnores(join(dir, 'nowhere'))).toThrow(/cannot be read/)
  })

  it('the shipped folder holds none', () => {
    const shipped = new URL('../../../../rules/ignore', import.meta.url).pathname
    expect(loadIgnores(shipped).rules).toEqual([])
  })
})
