import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clean, shellWord } from './untrusted.ts'

it('keeps plain text, and bounds long text with a mark', () => {
  expect(clean('a ConfigMap "x" — fehlt', 100)).toBe('a ConfigMap "x" — fehlt')
  expect(clean('x'.repeat(1000), 10)).toBe(`${'x'.repeat(9)}…`)
})

it('takes out what moves a cursor or turns text', () => {
  expect(clean('a\u001b[2Jb\r\nc\u202ed\u200be\ufeff', 100)).toBe('a [2Jb cde')
  expect(clean('a\u061cb\u00adc\ufffbd\u{e0041}e', 100)).toBe('abcde')
})

it('makes one word of a shell of any value', () => {
  const values = fc.array(fc.string({ unit: 'binary', minLength: 1 }), {
    minLength: 50,
    maxLength: 50,
  })
  fc.assert(
    fc.property(values, (all) => {
      const kept = all.filter((v) => shellWord(v) !== undefined)
      const script = `printf '%s\\n' ${['end', ...kept].map((v) => shellWord(v)).join(' ')}`
      const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n')
      expect(said).toEqual(['end', ...kept, ''])
    }),
    { numRuns: 20 },
  )
})

it('refuses what no quoting makes safe for kubectl, and what it would have to change', () => {
  expect(shellWord('--kubeconfig=/x')).toBeUndefined()
  expect(shellWord('\u200b-n')).toBeUndefined()
  expect(shellWord('\u0000')).toBeUndefined()
  expect(shellWord('it\u202e is')).toBeUndefined()
  expect(shellWord('a\nb')).toBeUndefined()
  expect(shellWord('x'.repeat(600))).toBeUndefined()
  expect(shellWord(`persistentvolumeclaim/${'x'.repeat(253)}`)).toHaveLength(275)
  expect(shellWord("it's")).toBe(`'it'\\''s'`)
})
