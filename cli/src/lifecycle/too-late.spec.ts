import { expect, test } from 'vitest'
import { tooLateText } from './too-late.ts'

const ledger = (namespace: string, records: number, kind = 'Pod') => ({
  cluster: 'c',
  namespace,
  kinds: { [kind]: { records, occurrences: 2 * records, newestAt: 1 } },
})

test('names where most came too late, and how many other places there are', () => {
  const found = Array.from({ length: 7 }, (_, i) => ledger(`n${i}`, i + 1))
  const lines = tooLateText(found)
  expect(lines).toHaveLength(6)
  expect(lines[0]).toBe('too late to be counted in c/n6: 7 records (Pod 7)')
  expect(lines.at(-1)).toBe('too late in 2 other namespaces')
})

test('says nothing where nothing came too late or nobody knows, and lets no kind paint the screen', () => {
  expect(tooLateText([])).toEqual([])
  expect(tooLateText(undefined)).toEqual([])
  expect(tooLateText([ledger('n', 1, '\u001b[2J')])[0]).not.toContain('\u001b')
})
