import { contentId } from '../hash.ts'
import { bool, cut, int, list, str, strings, stringMap, sub, type Json } from '../pick.ts'
import { shortened, sortedJson, type Flat } from './flat.ts'

/** `--password=x`, `token: x`: an argument can carry what an env value may not. The name stays, the value goes. */
const SECRETISH =
  /((?:pass(?:word|wd)?|secret|token|api[-_]?key|credential)[a-z0-9_-]*["']?\s*[=:]\s*)\S+/gi

const redact = (text: string): string => text.replace(SECRETISH, '$1…')

const put = (flat: Flat, path: string, value: unknown): void => {
  if (value === undefined || value === null) return
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text !== '[]' && text !== '{}') flat[path] = shortened(redact(text))
}

/** A name of a thing, which is no secret, though `secretKeyRef:name` looks like one. */
const putName = (flat: Flat, path: string, name: string): void => {
  flat[path] = shortened(name)
}

/**
 * Where a variable comes from, never what it is: of a literal the hash, 32 bits of it, as of ConfigMaps. Our agent sends its own hash beside
 * the name (or nothing) in place of the value.
 */
const envSource = (entry: Json): string => {
  const from = sub(entry, 'valueFrom')
  for (const kind of ['secretKeyRef', 'configMapKeyRef']) {
    const ref = sub(from, kind)
    const name = str(ref, 'name')
    if (name !== undefined) return `${kind}:${name}/${str(ref, 'key') ?? ''}`
  }
  const [kind] = Object.keys(from)
  if (kind !== undefined) return cut(kind, 128)
  const value = str(entry, 'valueHash') ?? str(entry, 'value', 65_536)
  return value === undefined ? 'literal' : `literal #${contentId(value).slice(0, 8)}`
}

/** Where it can be reached, and what it finds where. */
const placesInto = (flat: Flat, container: Json, base: string): void => {
  for (const port of list(container, 'ports', 32))
    put(
      flat,
      `${base}.ports.${str(port, 'name') ?? int(port, 'containerPort') ?? '?'}`,
      `${int(port, 'containerPort') ?? '?'}/${str(port, 'protocol') ?? 'TCP'}`,
    )
  for (const mount of list(container, 'volumeMounts', 32))
    put(
      flat,
      `${base}.mounts.${str(mount, 'mountPath') ?? '?'}`,
      `${str(mount, 'name') ?? '?'}${str(mount, 'subPath') === undefined ? '' : `/${str(mount, 'subPath')}`}${bool(mount, 'readOnly') === true ? ' read-only' : ''}`,
    )
}

const containerInto = (flat: Flat, container: Json, role: string): void => {
  const base = `${role}.${str(container, 'name') ?? '?'}`
  put(flat, `${base}.image`, str(container, 'image', 512))
  put(flat, `${base}.command`, strings(container, 'command'))
  put(flat, `${base}.args`, strings(container, 'args'))
  put(flat, `${base}.imagePullPolicy`, unless('IfNotPresent', str(container, 'imagePullPolicy')))
  put(flat, `${base}.workingDir`, str(container, 'workingDir'))
  placesInto(flat, container, base)
  for (const entry of list(container, 'env', 128))
    putName(flat, `${base}.env.${str(entry, 'name') ?? '?'}`, envSource(entry))
  for (const entry of list(container, 'envFrom', 32)) {
    const [kind] = Object.keys(entry).filter((k) => k.endsWith('Ref'))
    if (kind !== undefined)
      put(flat, `${base}.envFrom.${kind}:${str(sub(entry, kind), 'name') ?? '?'}`, 'all keys')
  }
  for (const kind of ['requests', 'limits']) {
    const amounts = sub(sub(container, 'resources'), kind)
    for (const [resource, amount] of Object.entries(amounts))
      put(flat, `${base}.${kind}.${resource}`, amount)
  }
  for (const probe of [
    'readinessProbe',
    'livenessProbe',
    'startupProbe',
    'lifecycle',
    'securityContext',
  ]) {
    if (Object.hasOwn(container, probe)) put(flat, `${base}.${probe}`, sortedJson(container[probe]))
  }
}

/** What the API server fills in says nothing, and there is much of it. */
const unless = (usual: string, value: string | undefined): string | undefined =>
  value === usual ? undefined : value

const volumeText = (volume: Json): string => {
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir'
  const source = sub(volume, kind)
  return `${kind}:${str(source, 'name') ?? str(source, 'secretName') ?? str(source, 'claimName') ?? ''}`
}

/** A pod template as path → value, so that two revisions can be compared field by field. Literal env values are not in it. */
export const flattenTemplate = (template: Json): Flat => {
  const flat: Flat = {}
  const spec = sub(template, 'spec')
  for (const c of list(spec, 'initContainers', 32)) containerInto(flat, c, 'initContainers')
  for (const c of list(spec, 'containers', 32)) containerInto(flat, c, 'containers')
  for (const v of list(spec, 'volumes', 64))
    putName(flat, `volumes.${str(v, 'name') ?? '?'}`, volumeText(v))
  for (const [k, v] of Object.entries(stringMap(sub(spec, 'nodeSelector'))))
    put(flat, `nodeSelector.${k}`, v)
  for (const key of ['serviceAccountName', 'priorityClassName', 'runtimeClassName'])
    put(flat, key, str(spec, key))
  put(flat, 'restartPolicy', unless('Always', str(spec, 'restartPolicy')))
  put(flat, 'dnsPolicy', unless('ClusterFirst', str(spec, 'dnsPolicy')))
  if (bool(spec, 'hostNetwork') === true) put(flat, 'hostNetwork', 'true')
  for (const secret of list(spec, 'imagePullSecrets', 16))
    put(flat, `imagePullSecrets.${str(secret, 'name') ?? '?'}`, 'set')
  for (const key of [
    'affinity',
    'tolerations',
    'topologySpreadConstraints',
    'securityContext',
    'dnsConfig',
    'hostAliases',
  ]) {
    if (Object.hasOwn(spec, key)) put(flat, key, sortedJson(spec[key]))
  }
  put(flat, 'terminationGracePeriodSeconds', int(spec, 'terminationGracePeriodSeconds'))
  const meta = sub(template, 'metadata')
  const labels = stringMap(sub(meta, 'labels'), (key) => key !== 'pod-template-hash')
  for (const [k, v] of Object.entries(labels)) put(flat, `labels.${k}`, v)
  const marks = stringMap(sub(meta, 'annotations'), (key) => /checksum|hash|restartedAt/i.test(key))
  for (const [k, v] of Object.entries(marks)) put(flat, `annotations.${k}`, v)
  return flat
}
