import { formatInstant } from '@kubesift/core-signal'
import { wrap } from '../render/cells.ts'
import type { Paint } from '../render/paint.ts'
import { plain } from '../render/plain.ts'

export interface ShowOptions {
  readonly columns: number
  readonly paint: Paint
  readonly now: number
}

export const INDENT = '  '

/** A text of the cluster, made harmless and wrapped; `lead` stands before its first line. */
export const told = (text: string, { columns }: ShowOptions, lead = ''): string[] =>
  wrap(plain(text), Math.max(30, columns - INDENT.length - lead.length)).map(
    (line, i) => `${INDENT}${i === 0 ? lead : ' '.repeat(lead.length)}${line}`,
  )

export const timeText = (at: number | null): string =>
  at === null ? '?' : formatInstant(Math.floor(at / 1000) * 1000)
