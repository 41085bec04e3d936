import { parseIncidentKey, type Context } from '@kubesift/contracts'
import type { Derived, OwnerResult } from './derive.ts'

/**
 * A key that was published for an owner that was inferred, and whose symptoms the truth has given to another: the same problem of that
 * one, or what has taken it in there. Nothing where none of the heirs has it.
 */
export const movedToHeir = (
  key: string,
  heirs: readonly OwnerResult[],
): (Derived & Pick<Context, 'movedTo'>)[] => {
  const problem = parseIncidentKey(key)?.problem
  for (const { contexts, absorbed } of heirs) {
    const taken = [...absorbed].find(([from]) => parseIncidentKey(from)?.problem === problem)?.[1]
    const target = contexts.find((c) => c.problem === problem || c.key === taken)
    if (target !== undefined) return [{ ...target, key, movedTo: target.key }]
  }
  return []
}
