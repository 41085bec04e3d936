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

/** `containers.web.env.DB` in words. */
const whereOf = (path: string): string => {
  const [first = '', second = '', third = '', ...rest] = path.split('.')
  if (first === 'volumes') return `volume ${second}`
  if (first === 'imagePullSecrets') return 'its pull secrets'
  return third === 'env'
    ? `variable ${rest.join('.')} of container ${second}`
    : `the environment of container ${second}`
}

type Template = Readonly<Record<string, string>>

/** Templates are never changed, and most outlive many looks at their owner. */
const known = new WeakMap<Template, readonly TemplateRef[]>()

const refsIn = (template: Template): readonly TemplateRef[] => {
  const before = known.get(template)
  if (before !== undefined) return before
  const refs = Object.entries(template).flatMap(([path, value]) =>
    REFS.flatMap(([kind, inValue, inPath]): TemplateRef[] => {
      const hit = /\.env\.|^volumes\./.test(path) ? inValue.exec(value) : inPath.exec(path)
      const name = hit?.[1] ?? hit?.[2]
      return name === undefined || name === '' ? [] : [{ kind, name, where: whereOf(path) }]
    }),
  )
  known.set(template, refs)
  return refs
}

/** The references of flattened templates (core-signal, slim/template.ts), each thing once, bounded. */
export const templateRefs = (templates: readonly Template[]): TemplateRef[] => {
  const found = new Map<string, TemplateRef>()
  for (const ref of templates.flatMap(refsIn)) {
    const id = `${ref.kind}/${ref.name}`
    if (found.size < MAX_REFS && !found.has(id)) found.set(id, ref)
  }
  return [...found.values()]
}
