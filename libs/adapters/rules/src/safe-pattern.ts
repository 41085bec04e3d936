const MAX_REPEAT = 64
/** So many ways through a pattern may be tried from one place of the text. */
const MAX_WAYS = 64

/** How many ways there are through alternatives in groups and through what may be left out; those at the top come one after the other. */
const waysOf = (plain: string): number => {
  let ways = 1
  const alternatives: number[] = []
  // `(?:` begins a group, and a `?` after a repeat only says which way comes first.
  for (const sign of plain.replaceAll('(?:', '(').replaceAll(/[*+?}]\?/g, (two) => two[0]!)) {
    if (sign === '(') alternatives.push(1)
    else if (sign === ')') ways *= alternatives.pop() ?? 1
    else if (sign === '|' && alternatives.length > 0) alternatives[alternatives.length - 1]! += 1
    else if (sign === '?') ways *= 2
  }
  return ways
}

/**
 * Why a regular expression may take long, or undefined. JavaScript's engine goes back and tries again, so what is allowed is what cannot
 * make that explode: characters, classes, anchors, a few alternatives and groups, and repeats of single characters or classes, so few that the
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
  if (waysOf(plain) > MAX_WAYS)
    return `can be gone through in more than ${MAX_WAYS} ways: fewer alternatives in groups and fewer \`?\``
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
