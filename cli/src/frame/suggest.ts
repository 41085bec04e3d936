import { distance } from 'fastest-levenshtein'

/** The known word nearest to `word`, if it is near enough to be a slip of the fingers. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const d = candidate.startsWith(word) ? 1 : distance(word, candidate)
    if (d < bestDistance) [best, bestDistance] = [candidate, d]
  }
  return best
}
