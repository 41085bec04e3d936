/**
 * Text from a cluster is untrusted: whoever may create a pod writes it. It is bounded, and what could move a cursor,
 * hide text or turn its direction (C0, C1, zero-width and bidirectional controls, lone surrogates) becomes a space or goes.
 */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/** Safe to show on one line, at most `max` UTF-16 units; a cut is marked. */
export const clean = (text: string, max: number): string => {
  // Bounded first, so that a huge text costs no more than a long one.
  const head = text.slice(0, max * 4)
  const plain = head.toWellFormed().replace(INVISIBLE, '').replace(CONTROLS, ' ').trim()
  return plain.length <= max
    ? plain
    : `${plain
        .slice(0, max - 1)
        .toWellFormed()
        .trimEnd()}…`
}

const PLAIN = /^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$/

/**
 * One word of a POSIX shell command, whatever the value holds. Undefined where no quoting helps:
 * an empty value, or one that kubectl would take for an option.
 */
export const shellWord = (value: string): string | undefined => {
  const word = clean(value, 253)
  if (word === '' || word.startsWith('-')) return undefined
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
