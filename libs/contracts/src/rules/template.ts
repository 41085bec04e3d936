/**
 * The template language of the knowns: `{name}` stands for a value, `[ … {name} … ]` drops out when a value in it is not known.
 * In a command every value is quoted for a POSIX shell, so the template itself holds plain words only.
 */
export const templateVariables = {
  cluster: 'the cluster',
  namespace: 'namespace of the owner; no value for cluster-scoped owners',
  ownerKind: 'Deployment, Job, Node …',
  owner: 'name of the owner',
  ownerRef: 'Kind/name of the owner',
  ownerArg: 'the same as kubectl takes it: deployment/checkout',
  rolloutArg: 'ownerArg, where the owner has rollouts (Deployment, StatefulSet, DaemonSet)',
  jobArg: 'ownerArg, where the owner is a Job: kubectl reads no logs of a CronJob',
  editArg: 'ownerArg, where its pod template can be edited: not that of a Job, nor a bare pod',
  undoArg:
    'rolloutArg, where the change found is a rollout that can be undone and was not undone already',
  pod: 'one failing pod',
  node: 'the node concerned',
  container: 'the failing container',
  image: 'the image that it should run',
  exitCode: 'exit code of the newest termination',
  reason: 'the most frequent reason',
  message: 'its message',
  count: 'how often it was seen',
  pods: 'how many pods the owner has',
  notReady: 'how many of them are not ready',
  change: 'summary of the change found',
  changeArg: 'the changed object, as kubectl takes it',
  changedBy: 'who made the change',
  distance: 'how long before (or after) the first symptom the change was: 3 seconds before',
  fieldFrom: 'value before the change, of the field that the rule asked for',
  fieldTo: 'value after it',
  revision: 'the revision that the change made',
  previousRevision:
    'the revision to go back to, where its number is known and no roll-back has given it another',
  rollback: 'summary of the roll-back that took the rollout back',
} as const
export type TemplateVariable = keyof typeof templateVariables

export type TemplateKind = 'prose' | 'command'

const GROUP = /\(\?<([A-Za-z][A-Za-z0-9]*)>/g
const VARIABLE = /\{([^{}]*)\}/g
/** What a shell would act on; none of it is needed in a command of plain words. */
const SHELL = /['"`$\\;|&<>(){}*?~#!\n\r\t]/

/** Names of the `(?<name>…)` groups in patterns. */
export const captureNames = (patterns: readonly string[]): readonly string[] => [
  ...new Set(patterns.flatMap((p) => [...p.matchAll(GROUP)].map((m) => m[1] ?? ''))),
]

const bracketFault = (template: string): string | undefined => {
  let open = false
  for (const char of template) {
    if (char === '[' && open) return 'brackets cannot be nested'
    if (char === ']' && !open) return 'a ] without its ['
    if (char === '[' || char === ']') open = char === '['
  }
  return open ? 'a [ without its ]' : undefined
}

/** All that is wrong with a template; empty when it can be used. */
export const templateFaults = (
  template: string,
  kind: TemplateKind,
  captures: readonly string[],
): readonly string[] => {
  const faults: string[] = []
  for (const [, name = ''] of template.matchAll(VARIABLE)) {
    if (!Object.hasOwn(templateVariables, name) && !captures.includes(name)) {
      faults.push(`unknown variable {${name}}`)
    }
  }
  const plain = template.replace(VARIABLE, '')
  if (/[{}]/.test(plain)) faults.push('a brace that belongs to no {variable}')
  const bracket = bracketFault(plain)
  if (bracket !== undefined) faults.push(bracket)
  if (kind === 'command' && SHELL.test(plain)) {
    faults.push('a command is plain words and {variables}, without quotes or shell characters')
  }
  if (kind === 'command' && !template.startsWith('kubectl ')) {
    faults.push('a command begins with kubectl')
  }
  return faults
}
