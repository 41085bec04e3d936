import type { Change, ObjectRef, Position, SlimObject } from '@kubesift/contracts'

/** A change before it is known what trouble it stands beside. */
export interface Draft extends Omit<Change, 'distanceMs' | 'failingPodsAreNew' | 'evidence'> {
  /** Whose pods are of the new revision, where that is known. */
  readonly replicaSet?: string
  /** Where it stands, if not with the owner itself. */
  readonly records?: readonly Position[]
}

export type Field = Change['fields'][number]
export const MAX_FIELDS = 20

/** What was stored before literals had a hash says nothing of them. */
const isUntold = (a: string | undefined, b: string | undefined): boolean =>
  (a === 'literal' && b?.startsWith('literal ') === true) ||
  (b === 'literal' && a?.startsWith('literal ') === true)

/** What is set differently, by path. */
export const diff = (
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Field[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .flatMap((path) =>
      from[path] === to[path] || isUntold(from[path], to[path])
        ? []
        : [{ path, from: from[path] ?? null, to: to[path] ?? null }],
    )

/** An image without its registry and folders: name, tag, digest. */
export const tail = (image: string): string => image.slice(image.lastIndexOf('/') + 1)

/** Hashes say that something changed, not what. */
const isHash = (path: string, value: string): boolean =>
  path.startsWith('data.') || value.startsWith('literal #')

const sayField = ({ path, from, to }: Field): string => {
  const short = path.replace(/^(containers|initContainers)\.[^.]+\./, '')
  if (short === 'image')
    return `image ${from === null ? 'none' : tail(from)} -> ${to === null ? 'none' : tail(to)}`
  if (from === null)
    return `${short} added${/^(args|command|limits|requests|replicas|hard|taints|unschedulable)/.test(short) ? ` (${to ?? ''})` : ''}`
  if (to === null) return `${short} removed`
  return isHash(path, to) ? `${short} changed` : `${short} ${from} -> ${to}`
}

/** The most telling of the fields in words. */
export const say = (fields: readonly Field[]): string => {
  const shown = fields.filter((f) => !f.path.startsWith('labels.')).map(sayField)
  const parts = (shown.length > 0 ? shown : fields.map(sayField)).slice(0, 4)
  return parts.join(', ') + (shown.length > 4 ? ` and ${shown.length - 4} more` : '')
}

export const refOf = ({ kind, namespace, name, uid }: SlimObject): ObjectRef => ({
  kind,
  namespace,
  name,
  uid,
})
