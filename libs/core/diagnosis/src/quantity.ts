const SUFFIX: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** A Kubernetes quantity (`64Mi`, `250m`, `2`) as a number; undefined when it is none. */
export const quantity = (text: string): number | undefined => {
  const found = /^([0-9]{1,15}(?:\.[0-9]{1,9})?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text)
  if (!found) return undefined
  return Number(found[1]) * (SUFFIX[found[2] ?? ''] ?? 1)
}

/** Whether a limit became smaller, or appeared where there was none. */
export const isLowered = (from: string | null, to: string | null): boolean => {
  if (to === null) return false
  const after = quantity(to)
  if (after === undefined) return false
  if (from === null) return true
  const before = quantity(from)
  return before !== undefined && after < before
}
