import { expect, it } from 'vitest'
import { Places } from './places.ts'

it('tells namespaces apart whatever their names hold', () => {
  const places = new Places()
  const numbers = [
    ['a\nb', 'c'],
    ['a', 'b\nc'],
    ['a 1', ''],
    ['a', ' 1'],
    ['', '1 a'],
  ].map(([cluster, namespace]) => places.numberOf(cluster!, namespace!))
  expect(new Set(numbers).size).toBe(5)
  expect(places.numberOf('a', 'b\nc')).toBe(numbers[1])
  expect(places.of(numbers[1]!)).toMatchObject({ cluster: 'a', namespace: 'b\nc' })
})
