import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { knownsFileSchema } from '@kubesift/contracts'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { loadKnowns } from './load-knowns.ts'

const RULES = fileURLToPath(new URL('../../../../rules/', import.meta.url))

const known = (changes: Record<string, string> = {}): string => {
  const lines: Record<string, string> = {
    name: 'a',
    class: 'application',
    cause: 'unknown',
    match: '{ message: "image (?<tag>x)" }',
    hypothesis: '"{owner} {tag}"',
    confidence: '{ base: 0.5, why: because }',
    refutedBy: 'it is not so',
    recommendations: '[{ text: look, command: "kubectl get pod {pod}" }]',
    ...changes,
  }
  const body = Object.entries(lines).map(([k, v]) => `    ${k}: ${v}`)
  return ['knowns:', '  -', ...body, ''].join('\n')
}

const loading = (text: string) => () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubesift-knowns-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'a.yaml'), text)
  return loadKnowns(dir)
}

it('loads the shipped knowns', () => {
  expect(loadKnowns(join(RULES, 'knowns')).knowns.length).toBeGreaterThan(50)
})

it('accepts a known that uses its own captures', () => {
  expect(loading(known())().knowns).toHaveLength(1)
})

it.each([
  ['an unknown variable', { hypothesis: '"{ownr}"' }, /a\.yaml:7 .*unknown variable \{ownr\}/],
  ['a capture that no pattern has', { match: '{}' }, /unknown variable \{tag\}/],
  [
    'a shell character',
    { recommendations: '[{text: x, command: "kubectl get {pod} | sh"}]' },
    /plain words/,
  ],
  [
    'quotes in a command',
    { recommendations: `[{text: x, command: "kubectl get '{pod}'"}]` },
    /plain words/,
  ],
  [
    'another program',
    { recommendations: '[{text: x, command: "rm {pod}"}]' },
    /begins with kubectl/,
  ],
  ['an open bracket', { hypothesis: '"[{owner}"' }, /without its \]/],
  ['a cause that nobody knows', { cause: 'gremlins' }, /knowns\.0\.cause/],
  ['a hypothesis that nothing could refute', { refutedBy: '' }, /refutedBy/],
  ['an unknown key in a condition', { match: '{ mesage: x }' }, /unknown key "mesage"/],
])('refuses %s', (_, changes, message) => {
  expect(loading(known(changes as Record<string, string>))).toThrow(message)
})

it('wants no refutation of a fallback, which claims nothing', () => {
  const fallback = known({ fallback: 'true' }).replace(/ {4}refutedBy.*\n/, '')
  expect(loading(fallback)().knowns[0]?.refutedBy).toBeUndefined()
  expect(loading(fallback.replace('fallback: true', 'fallback: false'))).toThrow(
    /to be wrong is missing/,
  )
})

it('refuses a name that is used twice', () => {
  expect(loading(known() + known().replace('knowns:\n', ''))).toThrow(/known "a" is defined twice/)
})

it('publishes the JSON Schema that editors check the files by (vitest -u writes it)', async () => {
  const schema = z.toJSONSchema(knownsFileSchema, { io: 'input', unrepresentable: 'any' })
  const text = `${JSON.stringify(schema, null, 2)}
`
  await expect(text).toMatchFileSnapshot(join(RULES, 'knowns.schema.json'))
})
