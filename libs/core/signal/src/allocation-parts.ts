import { COST_KEYS } from './allocations.ts'
import { asRecord, str, sub, type Json } from './pick.ts'

/** A character takes three bytes of UTF-8 at most (of those that JSON keeps in two units, four). */
const BYTES_PER_CHARACTER = 3

const PROPERTIES = ['cluster', 'namespace', 'controller', 'controllerKind', 'pod', 'container']
const FIELDS = ['name', 'window', 'start', 'end', 'minutes', 'totalCost', 'totalEfficiency']

const picked = (from: Json, keys: readonly string[]): Json =>
  Object.fromEntries(keys.filter((key) => Object.hasOwn(from, key)).map((key) => [key, from[key]]))

/** What is read of a row. */
const slim = (value: unknown): unknown => {
  const row = asRecord(value)
  if (row === undefined) return value
  return {
    ...picked(row, [...FIELDS, ...COST_KEYS]),
    properties: picked(sub(row, 'properties'), PROPERTIES),
  }
}

interface Part {
  /** Namespaces with their rows, each of one set. */
  readonly sets: Json[]
  length: number
}

/**
 * An answer of OpenCost ({@link isAllocation}) in parts, each an answer of at most `maxBytes`, without what nobody reads: what one
 * namespace has in a set stays together, since rows of one thing are parts of its cost. Undefined where that alone is more.
 */
export const allocationParts = (body: Json, maxBytes: number): readonly string[] | undefined => {
  const room = Math.floor(maxBytes / BYTES_PER_CHARACTER) - 40
  const parts: Part[] = []
  for (const set of body['data'] as readonly unknown[]) {
    const byNamespace = new Map<string, [string, unknown][]>()
    for (const [name, value] of Object.entries(asRecord(set) ?? {})) {
      const namespace = str(sub(asRecord(value), 'properties'), 'namespace') ?? ''
      const rows = byNamespace.get(namespace)
      if (rows === undefined) byNamespace.set(namespace, [[name, slim(value)]])
      else rows.push([name, slim(value)])
    }
    for (const rows of byNamespace.values()) {
      const together = Object.fromEntries(rows)
      const { length } = JSON.stringify(together)
      if (length > room) return undefined
      const last = parts.at(-1)
      if (last === undefined || last.length + length + 1 > room)
        parts.push({ sets: [together], length })
      else {
        last.sets.push(together)
        last.length += length + 1
      }
    }
  }
  return parts.map(({ sets }) => JSON.stringify({ code: 200, data: sets }))
}
