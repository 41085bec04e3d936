import { expect, test } from 'vitest'
import { piecesOf } from './pieces-of.ts'

const broken = async (bytes: Uint8Array): Promise<unknown[]> => {
  const input = async function* () {
    yield bytes
  }
  const pieces: unknown[] = []
  for await (const piece of piecesOf(input(), 'x')) pieces.push(piece)
  return pieces
}

test.each(['\x01\0\xff\n{"a"\n[', 'ELF\0\nkind: Event\nitems:\n'])(
  'bytes that are no text are neither JSON nor YAML, whatever their lines begin with',
  async (text) => {
    expect(await broken(Buffer.from(text, 'latin1'))).toEqual([
      { t: 'broken', why: 'it is neither JSON nor YAML', place: { source: 'x' } },
    ])
  },
)
