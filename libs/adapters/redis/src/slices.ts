import type { NamespaceWrite } from './state-store.ts'

/** One call takes some hundred thousand arguments before the stack ends; Redis serves nobody else while it reads them. */
const MOST = 10_000

const sizeOf = ({ fields, chunks }: NamespaceWrite): number => 1 + fields.size + chunks.length

/** Cuts one namespace: `room` fields and chunks first, then as many as a slice may have each time. */
const partsOf = (write: NamespaceWrite, room: number): NamespaceWrite[] => {
  const fields = [...write.fields]
  const items = fields.length + write.chunks.length
  const parts: NamespaceWrite[] = []
  for (let from = 0, to = room; from < items; from = to, to += MOST) {
    parts.push({
      ...write,
      // What was stored is dropped once, before the first of what takes its place.
      saved: write.saved && from === 0,
      fields: new Map(fields.slice(from, to)),
      chunks: write.chunks.slice(
        Math.max(0, from - fields.length),
        Math.max(0, to - fields.length),
      ),
    })
  }
  return parts
}

/** A write in slices of bounded size: written one after the other they are the whole. Most writes are one. */
export const slicesOf = (
  namespaces: readonly NamespaceWrite[],
): readonly (readonly NamespaceWrite[])[] => {
  const slices: NamespaceWrite[][] = []
  let last: NamespaceWrite[] = []
  let room = MOST
  const begin = (): void => {
    slices.push(last)
    last = []
    room = MOST
  }
  for (const write of namespaces) {
    if (room <= 0) begin()
    if (sizeOf(write) <= room) {
      last.push(write)
      room -= sizeOf(write)
      continue
    }
    for (const [i, part] of partsOf(write, room).entries()) {
      if (i > 0) begin()
      last.push(part)
      room -= sizeOf(part)
    }
  }
  return [...slices, last]
}

/** What is sent at once of a state that is written from nothing. */
const PORTION_BYTES = 4 * 1024 * 1024

/** Fields of namespaces, in portions of bounded size; a namespace that is larger comes in several. */
export function* portionsOf(namespaces: Iterable<NamespaceWrite>): Generator<NamespaceWrite[]> {
  let portion: NamespaceWrite[] = []
  let room = PORTION_BYTES
  for (const write of namespaces) {
    let fields = new Map<string, string>()
    for (const [name, value] of write.fields) {
      if (room <= 0) {
        yield [...portion, { ...write, fields }]
        portion = []
        fields = new Map()
        room = PORTION_BYTES
      }
      fields.set(name, value)
      room -= name.length + value.length
    }
    portion.push({ ...write, fields })
  }
  yield portion
}
