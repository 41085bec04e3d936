import { stripVTControlCharacters } from 'node:util'

/** C0, C1 and the line separators: whatever could move the cursor or begin a new line. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
/** Marks that turn the direction of text or take no room: what is read must be what is there (CVE-2021-42574). */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu

/** Text of a cluster as one harmless line of at most `max` UTF-16 units; a cut ends in `…`. */
export const plain = (text: string, max = 2000): string => {
  // bounded first, so that a huge text costs no more than a long one
  const head = text.slice(0, max * 4).toWellFormed()
  const line = stripVTControlCharacters(head).replace(INVISIBLE, '').replace(CONTROLS, ' ').trim()
  return line.length <= max ? line : `${line.slice(0, Math.max(0, max - 1)).toWellFormed()}…`
}

/** A command that is to be copied: never cut, since half a command may do something else. Undefined where it cannot be shown whole. */
export const plainCommand = (text: string): string | undefined => {
  const line = plain(text, 4000)
  return line === text.trim() ? line : undefined
}
