const CLUSTER_SCOPED = new Set(['Node', 'PersistentVolume', 'Namespace'])

/** An owner as `namespace/Kind/name`; without a prefix it is of the scenario's namespace, or cluster-scoped. */
export const fullOwner = (owner: string, namespace: string | undefined): string => {
  const parts = owner.split('/')
  if (parts.length === 3) return owner
  return CLUSTER_SCOPED.has(parts[0] ?? '') ? `/${owner}` : `${namespace ?? ''}/${owner}`
}

/** Whether an owner is the one that a pattern names; `*` stands for anything. */
export const matches = (pattern: string, owner: string): boolean =>
  pattern === owner ||
  (pattern.includes('*') &&
    new RegExp(`^${pattern.replaceAll(/[.+?^$()[\]{}|\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(
      owner,
    ))

export const matchesAny = (patterns: readonly string[], owner: string): boolean =>
  patterns.some((pattern) => matches(pattern, owner))
