import { CHANGES_CLUSTER, changesCluster } from '@kubesift/core-diagnosis'

/** `42s`, `7m`, `3h12m`, `5d`: how long, in at most six characters. */
export const shortAge = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 100) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 100) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`
  return `${Math.floor(hours / 24)}d`
}

/** `41`, `~41` (combined events are in it), `41+` (some may be missing). */
export const countText = (count: number, quality: string): string => {
  if (quality === 'aggregated') return `~${count}`
  return quality === 'lower_bound' ? `${count}+` : String(count)
}

/** What the marks of {@link countText} mean, for those that occur. */
export const countLegend = (qualities: Iterable<string>): string | undefined => {
  const seen = new Set(qualities)
  const lines = [
    ...(seen.has('aggregated') ? ['~ holds combined events'] : []),
    ...(seen.has('lower_bound') ? ['+ at least: some repeats cannot be seen'] : []),
  ]
  return lines.length === 0 ? undefined : `count: ${lines.join('; ')}`
}

/** `1 incident`, `2 incidents`; thousands are set apart. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

/** `payments/Deployment/checkout`, or `Node/worker-2` for what has no namespace. */
export const ownerText = (namespace: string, kind: string, name: string): string =>
  namespace === '' ? `${kind}/${name}` : `${namespace}/${kind}/${name}`

/** What an advice says, with a mark where its command does more than read. */
export const adviceText = (text: string, command: string | undefined): string =>
  command === undefined || !changesCluster(command) ? text : `${text} ${CHANGES_CLUSTER}`
