import { expect, test } from 'vitest'
import { bytes, open } from './records.ts'

const valid = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const traceOf = (traceparent: string): string | undefined => {
  const opened = open(bytes, {
    key: null,
    value: Buffer.from('x'),
    offset: '0',
    timestamp: '0',
    attributes: 0,
    headers: { traceparent },
  })
  return opened.kind === 'good' ? opened.record.traceparent : undefined
}

test.each([
  ['one is kept', valid, valid],
  ['of a future version what is known of it', `01${valid.slice(2)}-${'more'.repeat(999)}`, valid],
  ['a long text is none', 'x'.repeat(5_000), undefined],
  ['nor is one that no database takes', `${valid}\0`, undefined],
  ['nor one that no header takes', `${valid}\r\nx: y`, undefined],
])('a traceparent goes through all stages, so only what is one comes in: %s', (_, text, kept) => {
  expect(traceOf(text)).toBe(kept)
})
