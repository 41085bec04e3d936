import type { Context, TemplateVariable } from '@kubesift/contracts'
import { aftermathOf, hasFormer, type Aftermath } from './aftermath.ts'
import { distanceWords } from './duration-words.ts'
import type { Lookup } from './fill.ts'
import type { Match, Subject } from './match.ts'
import { rolloutIn, type FoundChange } from './match-change.ts'

type Reader = (subject: Subject, found: FoundChange | undefined) => string | undefined

const ROLLOUT_KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet']

/** Kinds outside the core groups need no group here: kubectl finds them by their lower-case name. */
const argOf = (kind: string, name: string): string => `${kind.toLowerCase()}/${name}`

const firstGroup = ({ texts }: Subject, pattern: RegExp): string | undefined => {
  for (const { text } of texts) {
    const found = pattern.exec(text)?.[1]
    if (found) return found
  }
  return undefined
}

/** As kubelets write it; where they name none ("Back-off restarting failed container"), the next word is not a name. */
const NAMED =
  /(?:\bfailed container (?=[a-z0-9-]+ in pod )|\bStopping container |\bContainer (?=[a-z0-9-]+ (?:failed (?:liveness|readiness|startup) probe|definition changed|was using)))([a-z0-9][a-z0-9-]*)/

/** What is waiting now, else what ended last, else what the events point at. */
const containerOf: Reader = (subject) => {
  const { states, objects } = subject.context
  const pointed = objects.map(({ fieldPath = '' }) => /\{([^{}]+)\}/.exec(fieldPath)?.[1])
  return (
    states.waiting.find((w) => w.reason !== 'ContainerCreating')?.container ??
    states.terminations[0]?.container ??
    pointed.find((name) => name !== undefined) ??
    firstGroup(subject, NAMED)
  )
}

const IMAGE = /(?:pull(?:ing)? image|image tag|parse image name|for image) "([^"]+)"/i

const imageOf: Reader = (subject, found) =>
  firstGroup(subject, IMAGE) ??
  found?.change.fields.find(({ path }) => path.endsWith('image'))?.to ??
  undefined

const podOf: Reader = ({ context: { objects, owner } }) =>
  objects.find((o) => o.kind === 'Pod')?.name ?? (owner.kind === 'Pod' ? owner.name : undefined)

const nodeOf: Reader = ({ context: { objects, owner } }) =>
  owner.kind === 'Node'
    ? owner.name
    : (objects.find((o) => o.node)?.node ?? objects.find((o) => o.kind === 'Node')?.name)

const topReason = ({ reasons }: Context) =>
  reasons.reduce<Context['reasons'][number] | undefined>(
    (top, r) => (top === undefined || r.count > top.count ? r : top),
    undefined,
  )

const exitCodeOf: Reader = ({ context: { states } }) => {
  const newest = states.terminations.reduce<(typeof states.terminations)[number] | undefined>(
    (a, b) => (a === undefined || (b.finishedAt ?? 0) > (a.finishedAt ?? 0) ? b : a),
    undefined,
  )
  return newest === undefined ? undefined : String(newest.exitCode)
}

const rolloutArg: Reader = ({ context: { owner } }) =>
  ROLLOUT_KINDS.includes(owner.kind) ? argOf(owner.kind, owner.name) : undefined

/** What runs in a bare pod or in a Job cannot be changed in place. */
const editArg: Reader = ({ context: { owner } }) =>
  owner.kind === 'Pod' || owner.kind === 'Job' ? undefined : argOf(owner.kind, owner.name)

const aftermathFor = (
  { context }: Subject,
  found: FoundChange | undefined,
): Aftermath | undefined =>
  found?.change.kind === 'rollout' ? aftermathOf(found.change, context) : undefined

/** `rollout undo` without a number goes back by one, which is right only while nothing else came in between. */
const undoArg: Reader = (subject, found) => {
  if (found === undefined || !hasFormer(found.change)) return undefined
  const aftermath = aftermathFor(subject, found)
  const known = aftermath?.previousRevision !== undefined
  return known || aftermath?.state === 'standing' || aftermath?.state === 'repeated'
    ? rolloutArg(subject, found)
    : undefined
}

/** The roll-back that took the change back, in the words of the context. */
const rollbackOf: Reader = ({ context }, found) => {
  const rollout = rolloutIn(found, context)
  if (rollout === undefined) return undefined
  const { state, latest } = aftermathOf(rollout, context)
  return state === 'undone' ? latest?.summary.replace(/^rolled back: /, '') : undefined
}

const readers: Readonly<Record<TemplateVariable, Reader>> = {
  cluster: ({ context }) => context.cluster,
  namespace: ({ context }) => context.namespace,
  ownerKind: ({ context }) => context.owner.kind,
  owner: ({ context }) => context.owner.name,
  ownerRef: ({ context: { owner } }) => `${owner.kind}/${owner.name}`,
  ownerArg: ({ context: { owner } }) => argOf(owner.kind, owner.name),
  rolloutArg,
  jobArg: ({ context: { owner } }) =>
    owner.kind === 'Job' ? argOf(owner.kind, owner.name) : undefined,
  undoArg,
  editArg,
  pod: podOf,
  node: nodeOf,
  container: containerOf,
  image: imageOf,
  exitCode: exitCodeOf,
  reason: ({ context }) => topReason(context)?.reason,
  message: ({ context }) => topReason(context)?.message,
  count: ({ context }) => String(context.occurrenceCount),
  pods: ({ context }) => String(context.states.pods),
  notReady: ({ context }) => String(context.states.notReady),
  change: (_, found) => found?.change.summary,
  changeArg: (_, found) => found && argOf(found.change.object.kind, found.change.object.name),
  changedBy: (_, found) => found?.change.by,
  distance: (_, found) => found && distanceWords(found.change),
  fieldFrom: (_, found) => found?.field?.from ?? undefined,
  fieldTo: (_, found) => found?.field?.to ?? undefined,
  revision: (_, found) => found?.change.toRevision,
  previousRevision: (subject, found) => aftermathFor(subject, found)?.previousRevision,
  rollback: rollbackOf,
}

const isVariable = (name: string): name is TemplateVariable => Object.hasOwn(readers, name)

/** Values for one known's templates: what its patterns captured, then the context. An empty value is none. */
export const lookupIn = (subject: Subject, match: Match): Lookup => {
  const { captures, change } = match
  return (name) => {
    const captured = Object.hasOwn(captures, name) ? captures[name] : undefined
    const value = captured ?? (isVariable(name) ? readers[name](subject, change) : undefined)
    return value === '' ? undefined : value
  }
}
