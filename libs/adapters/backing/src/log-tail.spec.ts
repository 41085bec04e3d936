import { expect, test } from 'vitest'
import { tellingLineOf } from './log-tail.ts'

test('names the error, not what was tidied up after it', () => {
  const full = `creating subdirectories ... ok
initdb: error: could not write file "global/pg_control": No space left on device
initdb: removing contents of data directory "data"
`
  expect(tellingLineOf(full)).toContain('No space left on device')
})

test('takes the last line where nothing calls itself an error, and says nothing of silence', () => {
  expect(tellingLineOf('one\n  two \n\n')).toBe('two')
  expect(tellingLineOf(' \n')).toBeUndefined()
})
