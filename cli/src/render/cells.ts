const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u
/** East Asian wide and fullwidth forms, and emoji, in the ranges of Unicode's EastAsianWidth.txt that terminals agree on. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u

const cellsOf = (char: string): number => (ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1)
const isAscii = (text: string): boolean => /^[\u0020-\u007e]*$/.test(text)

/** How many columns of a terminal the text takes. */
export const widthOf = (text: string): number => {
  if (isAscii(text)) return text.length
  let width = 0
  for (const char of text) width += cellsOf(char)
  return width
}

/** The text in at most `width` columns; a cut ends in `…`. */
export const fit = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let used = 0
  for (const char of text) {
    const cells = cellsOf(char)
    if (used + cells > width - 1) break
    kept += char
    used += cells
  }
  return `${kept}…`
}

/** At most `width` columns, without the middle: names are told apart by their ends. */
const fitMiddle = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  const head = Math.ceil((width - 1) / 2)
  const chars = Array.from(text).toReversed()
  let tail = ''
  for (const char of chars) {
    if (widthOf(char + tail) > width - 1 - head) break
    tail = char + tail
  }
  return `${fit(text, head + 1).replace(/…$/, '')}…${tail}`
}

const NAMESPACE_MIN = 4

/** `namespace/Kind/name` in at most `width` columns: the namespace gives way first, and only then the middle of kind and name. */
export const fitOwner = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  const at = text.split('/').length > 2 ? text.indexOf('/') : 0
  const object = text.slice(at)
  const room = Math.max(NAMESPACE_MIN, width - widthOf(object))
  const namespace = fit(text.slice(0, at), room)
  return namespace + fitMiddle(object, width - widthOf(namespace))
}

/** {@link fit}, filled up with spaces. */
export const pad = (text: string, width: number): string => {
  const fitted = fit(text, width)
  return fitted + ' '.repeat(Math.max(0, width - widthOf(fitted)))
}

/** {@link pad} for numbers: spaces first. */
export const padLeft = (text: string, width: number): string => {
  const fitted = fit(text, width)
  return ' '.repeat(Math.max(0, width - widthOf(fitted))) + fitted
}

/** Lines of at most `width` columns, broken at spaces where there are any. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((w) => broken(w, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= width) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return line === '' ? lines : [...lines, line]
}

const broken = (word: string, width: number): string[] => {
  if (widthOf(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const char of word) {
    if (widthOf(part) + cellsOf(char) > width) {
      parts.push(part)
      part = ''
    }
    part += char
  }
  return [...parts, part]
}
