/**
 * Text from a cluster is untrusted: whoever may create a pod writes it. It is bounded, and what could move a cursor,
 * hide text or turn its direction (C0, C1, zero-width and bidirectional controls, lone surrogates) becomes a space or goes.
 */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
/** What Unicode calls ignorable (zero-width and direction marks, soft hyphens, tags), and interlinear marks. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu

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

/** A kind and the longest name, or an image with its digest. */
const MAX_WORD = 512

/**
 * One word of a POSIX shell command, whatever the value holds. Undefined where no quoting helps: an empty value, one that kubectl would
 * take for an option, and one that is not safe to show as it is, since a changed name is that of something else.
 */
export const shellWord = (value: string): string | undefined => {
  const word = clean(value, MAX_WORD)
  if (word === '' || word !== value || word.startsWith('-')) return undefined
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
