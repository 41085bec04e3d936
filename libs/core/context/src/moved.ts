import type { Context } from '@kubesift/contracts'
import type { Derived, OwnerResult } from './derive.ts'

/** A key that was published and now has no symptoms of its own: the truth has moved them. */
export const movedOf = (
  key: string,
  result: OwnerResult,
): readonly (Derived & Pick<Context, 'movedTo'>)[] => {
  const stay = result.contexts.find((c) => c.key === key)
  const to = result.absorbed.get(key)
  if (stay !== undefined) return [{ ...stay, ...(to === undefined ? {} : { movedTo: to }) }]
  if (to === undefined) return []
  const target = result.contexts.find((c) => c.key === to)
  return target === undefined ? [] : [{ ...target, key, movedTo: to }]
}
