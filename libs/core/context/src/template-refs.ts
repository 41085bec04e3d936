/** What a pod template takes from a ConfigMap or a Secret, and where. */
export interface TemplateRef {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly where: string
}

const REFS: readonly (readonly [kind: TemplateRef['kind'], inValue: RegExp, inPath: RegExp])[] = [
  ['ConfigMap', /^(?:configMapKeyRef|configMap):([^/]+)/, /\.envFrom\.configMapRef:(.+)$/],
  [
    'Secret',
    /^(?:secretKeyRef|secret):([^/]+)/,
    /\.envFrom\.secretRef:(.+)$|^imagePullSecrets\.(.+)$/,
  ],
]

const MAX_REFS = 64

/** The references of flattened templates (core-signal, slim/template.ts), each thing once, bounded. */
export const templateRefs = (
  templates: readonly Readonly<Record<string, string>>[],
): TemplateRef[] => {
  const found = new Map<string, TemplateRef>()
  for (const template of templates)
    for (const [path, value] of Object.entries(template))
      for (const [kind, inValue, inPath] of REFS) {
        const hit = /\.env\.|^volumes\./.test(path) ? inValue.exec(value) : inPath.exec(path)
        const name = hit?.[1] ?? hit?.[2]
        if (name === undefined || name === '' || found.size >= MAX_REFS) continue
        const id = `${kind}/${name}`
        if (!found.has(id)) found.set(id, { kind, name, where: whereOf(path) })
      }
  return [...found.values()]
}

/** `containers.web.env.DB` in words. */
const whereOf = (path: string): string => {
  const [first = '', second = '', third = '', ...rest] = path.split('.')
  if (first === 'volumes') return `volume ${second}`
  if (first === 'imagePullSecrets') return 'its pull secrets'
  return third === 'env'
    ? `variable ${rest.join('.')} of container ${second}`
    : `the environment of container ${second}`
}
