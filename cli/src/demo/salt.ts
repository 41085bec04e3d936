import { contentId, uuidOf } from '@kubesift/core-signal'

/** Kubernetes leaves out vowels and what looks like them (apimachinery, util/rand). */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const NAME = /[a-z0-9](?:[a-z0-9-]*[a-z0-9])?/g
const GENERATED = new RegExp(`-[${SUFFIX_ALPHABET}]{5}$`)

/** What makes one run of the demo another cluster than the run before it. */
export interface Salt {
  /** `demo-4f2a` */
  readonly cluster: string
  /** The text with the UIDs and generated pod names of this run; equal ones stay equal, and readable names stay. */
  readonly apply: (text: string) => string
}

/** The salt of a run; `podNames` are the pods of the recording. */
export const saltOf = (run: string, podNames: Iterable<string>): Salt => {
  const pods = new Map([...podNames].flatMap((name) => renamed(run, name)))
  const uids = new Map<string, string>()
  const uid = (old: string): string => {
    const known = uids.get(old)
    if (known !== undefined) return known
    const made = uuidOf(`${run}/${old}`)
    uids.set(old, made)
    return made
  }
  return {
    cluster: `demo-${contentId(run).slice(0, 4)}`,
    apply: (text) => text.replace(UUID, uid).replace(NAME, (name) => pods.get(name) ?? name),
  }
}

/** A new random ending, as a new pod of the same ReplicaSet or Job would have; other names (StatefulSets) are not random. */
const renamed = (run: string, name: string): [string, string][] => {
  if (!GENERATED.test(name)) return []
  const bits = contentId(`${run}/${name}`)
  const suffix = [0, 1, 2, 3, 4].map((i) => {
    const value = Number.parseInt(bits.slice(i * 4, i * 4 + 4), 16)
    return SUFFIX_ALPHABET[value % SUFFIX_ALPHABET.length]
  })
  return [[name, `${name.slice(0, -5)}${suffix.join('')}`]]
}
