import type { Evidence } from '@kubesift/contracts'
import { contentId, cut } from '@kubesift/core-signal'

const TEXT_MAX = 400

/** An entry that can be cited. Its id is the hash of what it says, so the same fact has the same id in every version of a context. */
export const evidence = (entry: Omit<Evidence, 'id'>): Evidence => {
  const text = cut(entry.text, TEXT_MAX)
  const object =
    entry.object === undefined
      ? ''
      : `${entry.object.kind}/${entry.object.namespace}/${entry.object.name}`
  return { ...entry, text, id: contentId(`${entry.kind}\n${object}\n${text}`) }
}
