import { encodeLogs } from '@kubesift/adapter-otlp'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reindentJson } from './reindent-json.ts'
import { DANGEROUS, HOSTILE } from './testing/hostile.ts'
import { valueText } from './value-text.ts'
import { visible, visibleJson, visibleUpTo } from './visible.ts'

const bytes = (text: string): Buffer => Buffer.from(text)
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))

describe('visible text', () => {
  it('writes out whatever could steer a terminal or hide in text, and leaves the rest', () => {
    expect(visible('né 漢字 ✓')).toBe('né 漢字 ✓')
    expect(visible('\u001b[2J\u009b\u202e\ud800')).toBe('\\u001b[2J\\u009b\\u202e\\ud800')
    expect(visible(HOSTILE)).not.toMatch(DANGEROUS)
    expect(visibleUpTo('abcdef', 4)).toBe('abcd… (2 more characters)')
  })

  it('keeps JSON the same JSON', () => {
    const value = { [HOSTILE]: HOSTILE }
    expect(visibleJson(value).replaceAll('\n', '')).not.toMatch(DANGEROUS)
    expect(JSON.parse(visibleJson(value))).toEqual(value)
  })
})

describe('JSON, indented', () => {
  it('looks as JSON.stringify has it, and means the same', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text)
        expect(reindentJson(text)?.join('\n')).toBe(JSON.stringify(value, null, 2))
      }),
      { examples: [['{"a":[],"b":{},"c":[1,{"d":"}, \\" ["}]}']] },
    )
  })

  it('keeps what a parser would change: large numbers and repeated names', () => {
    expect(reindentJson('{"n":12345678901234567890.10,"n":1}')).toEqual([
      '{',
      '  "n": 12345678901234567890.10,',
      '  "n": 1',
      '}',
    ])
  })

  it('is nothing for what is no JSON, and copes with a very long text', () => {
    expect(reindentJson('{bad')).toBeUndefined()
    expect(reindentJson('')).toBeUndefined()
    expect(reindentJson(JSON.stringify('\\"'.repeat(2_000_000)))).toHaveLength(1)
  })
})

describe('a value', () => {
  const hint = { topic: 'otel-logs', contentType: undefined }

  it('is decoded where it is OTLP, with what cannot be read', () => {
    const log = { timeUnixNano: '1', body: { stringValue: 'hello\u001b[2J' } }
    const scopes = [{ scope: { name: 's' }, logRecords: [log] }]
    const request = encodeLogs({ resourceLogs: [{ resource: {}, scopeLogs: scopes }] })
    const { what, lines } = valueText(request, hint)
    expect(what).toMatch(/^OTLP, 1 log record, \d+ bytes$/)
    expect(lines.join('\n')).toContain('"body": "hello\\u001b[2J"')
    expect(valueText(request, { ...hint, topic: 'incidents' }).what).toMatch(/^\d+ bytes/)
  })

  it('is JSON, text, or a dump of its first KB with the length', () => {
    expect(valueText(bytes('{"a":1}'), hint)).toEqual({
      what: 'JSON, 7 bytes',
      lines: ['{', '  "a": 1', '}'],
    })
    expect(valueText(bytes('{bad\nline'), hint)).toEqual({
      what: 'text that is no JSON, 9 bytes',
      lines: ['{bad', 'line'],
    })
    const dump = valueText(
      Buffer.concat([bytes('\u0000ok\u001b'), Buffer.alloc(2_000, 0xff)]),
      hint,
    )
    expect(dump.what).toBe('2,004 bytes, of which the first 1,024')
    expect(dump.lines).toHaveLength(64)
    expect(dump.lines[0]).toBe(
      '00000000  00 6f 6b 1b ff ff ff ff  ff ff ff ff ff ff ff ff  |.ok.............|',
    )
    expect(valueText(bytes(''), hint).what).toContain('0 bytes')
  })

  it('is harmless on a terminal whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, fc.string({ unit: 'binary' }).map(bytes)), (value) => {
        for (const topic of ['otel-logs', 'incidents'])
          for (const line of valueText(value, { ...hint, topic }).lines)
            expect(line).not.toMatch(DANGEROUS)
      }),
    )
  })
})
