const MAX_REPEAT = 64

/**
 * Why a regular expression may take long, or undefined. JavaScript's engine goes back and tries again, so what is allowed is what cannot
 * make that explode: characters, classes, anchors, alternatives and groups, and repeats of single characters or classes, so few that the
 * steps grow with the square of the text at most.
 */
export const patternFault = (source: string): string | undefined => {
  try {
    new RegExp(source)
  } catch {
    return 'is no regular expression'
  }
  // A class or an escape is one character to what follows it.
  const plain = source.replace(/\\[pP]\{[^}]*\}|\\[^1-9k]|\[(?:\\.|[^\]\\])*\]/g, 'x')
  if (/\\[1-9k]/.test(plain)) return 'refers back to a group'
  if (/\(\?(?!:)/.test(plain)) return 'looks around itself, or names a group'
  if (/\)[*+?{]/.test(plain)) return 'repeats a group'
  const bounded = [...plain.matchAll(/\{(\d*)(,?)(\d*)\}/g)]
  if (bounded.some(([, least, , most]) => Math.max(Number(least), Number(most)) > MAX_REPEAT))
    return `repeats more than ${MAX_REPEAT} times`
  const open = (plain.match(/[*+]/g) ?? []).length + (plain.match(/\{\d+,\}/g) ?? []).length
  const some = bounded.filter(
    ([, least, comma, most]) => comma !== '' && most !== '' && least !== most,
  )
  const allowed = plain.startsWith('^') && !plain.includes('|') ? 2 : 1
  return open + some.length > allowed
    ? `has more than ${allowed} ${allowed === 1 ? 'repeat' : 'repeats'} of any length`
    : undefined
}
