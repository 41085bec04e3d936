import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { usageFailure } from '../frame/cli-failure.ts'
import { nearest } from '../frame/suggest.ts'
import { DEFAULT_TIERS, isTier, TIERS, type Tier } from './tiers.ts'

/** Tiers first, then whatever vitest is to be told (options, files, folders of the checkout): commander has taken the `--` between them away. */
export const splitWords = (
  words: readonly string[],
  root: string,
): { readonly tiers: readonly Tier[]; readonly extra: readonly string[] } => {
  const isExtra = (word: string): boolean =>
    /^-|[/.]/.test(word) || (!isTier(word) && existsSync(join(root, word)))
  const at = words.findIndex(isExtra)
  const named = at === -1 ? words : words.slice(0, at)
  const extra = at === -1 ? [] : words.slice(at)
  const unknown = named.find((word) => !isTier(word))
  if (unknown !== undefined) {
    const close = nearest(unknown, TIERS)
    throw usageFailure(
      `unknown tier '${unknown}': ${close === undefined ? `there are ${TIERS.join(', ')}` : `did you mean ${close}?`}`,
    )
  }
  const tiers = named.filter(isTier)
  return { tiers: tiers.length === 0 ? DEFAULT_TIERS : tiers, extra }
}
