import type { Evidence } from '@kubesift/contracts'
import { contentId, cut } from '@kubesift/core-signal'

const TEXT_MAX = 400
/** A storm of thousands of owners cites some ten texts of each, again and again. */
const IDS_KEPT = 32_768

/** The same evidence is cited in every version of a context: its hash is reckoned once, as long as it is among the newest. */
let ids = new Map<string, string>()
/** Those before them: what is asked for again moves on, the rest is dropped when the newer ones are too many. */
let older = new Map<string, string>()

const idOf = (content: string): string => {
  const known = ids.get(content)
  if (known !== undefined) return known
  const id = older.get(content) ?? contentId(content)
  if (ids.size >= IDS_KEPT) {
    older = ids
    ids = new Map()
  }
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
