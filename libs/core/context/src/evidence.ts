import type { Evidence } from '@kubesift/contracts'
import { contentId, cut } from '@kubesift/core-signal'

const TEXT_MAX = 400
const IDS_KEPT = 8_192

/** The same evidence is cited in every version of a context: its hash is reckoned once, as long as it is among the newest. */
const ids = new Map<string, string>()

const idOf = (content: string): string => {
  const known = ids.get(content)
  if (known !== undefined) return known
  if (ids.size >= IDS_KEPT) ids.clear()
  const id = contentId(content)
  ids.set(content, id)
  return id
}

/** An entry that can be cited. Its id is the hash of what it says, so the same fact has the same id in every version of a context. */
export const evidence = (entry: Omit<Evidence, 'id'>): Evidence => {
  const text = cut(entry.text, TEXT_MAX)
  const object =
    entry.object === undefined
      ? ''
      : `${entry.object.kind}/${entry.object.namespace}/${entry.object.name}`
  return { ...entry, text, id: idOf(`${entry.kind}\n${object}\n${text}`) }
}
