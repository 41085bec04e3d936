import type { Context, Touch } from '@kubesift/contracts'
import { formatInstant } from '@kubesift/core-signal'
import { changedThings } from './dependencies.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OwnerView } from './owner-view.ts'
import type { PatternFact } from './pattern-fact.ts'
import type { Part } from './parts.ts'
import { LOOPBACK, selects, serviceOf, thingId } from './things.ts'

const MAX_TOUCHES = 48
const MAX_BLAMED_PER_OBJECT = 8

interface Blame {
  /** Groups `kind` (a word of the message) and `name` where the kind is not fixed. */
  readonly match: RegExp
  readonly kind: string | ((found: RegExpExecArray) => string | undefined)
  /** Whether the thing belongs to the namespace of the symptom. */
  readonly scoped: boolean
}

const KIND_OF_WORD: Readonly<Record<string, string>> = {
  configmap: 'ConfigMap',
  secret: 'Secret',
  persistentvolumeclaim: 'PersistentVolumeClaim',
  serviceaccount: 'ServiceAccount',
}

/** What messages name as that which fails. The sources of the wordings are beside them. */
const BLAMES: readonly Blame[] = [
  {
    // kubelet, pkg/kubelet/kuberuntime and volume plugins: `configmap "x" not found`, `secret "x" not found`; scheduler: `persistentvolumeclaim "x" not found`
    match:
      /\b(?<kind>configmap|secret|persistentvolumeclaim|serviceaccount)s? "(?<name>[^"]+)" (?:not found|is forbidden|is being deleted|bound to non-existent)/i,
    kind: (found) => KIND_OF_WORD[found.groups?.['kind']?.toLowerCase() ?? ''],
    scoped: true,
  },
  {
    // the same, with the namespace spelled out: `MountVolume.SetUp failed for volume "x" : references non-existent config key`, `couldn't find key k in ConfigMap ns/x`
    match: /couldn't find key \S+ in (?<kind>ConfigMap|Secret) [^/\s]+\/(?<name>[a-z0-9.-]+)/,
    kind: (found) => found.groups?.['kind'],
    scoped: true,
  },
  {
    // plugin/pkg/admission/resourcequota: `exceeded quota: x, requested: …`
    match: /exceeded quota: (?<name>[a-z0-9.-]+)/,
    kind: 'ResourceQuota',
    scoped: true,
  },
  {
    // apiserver, pkg/admission/plugin/webhook/errors: `failed calling webhook "x"`; denied ones say `admission webhook "x" denied the request`
    match: /failed calling webhook "(?<name>[^"]+)"/,
    kind: 'Webhook',
    scoped: false,
  },
  {
    // kubelet, pkg/volume/csi: `driver name x not found in the list of registered CSI drivers`
    match: /driver name (?<name>\S+) not found in the list of registered CSI drivers/,
    kind: 'CSIDriver',
    scoped: false,
  },
  {
    // external-provisioner and pv controller: `storageclass.storage.k8s.io "x" not found`
    match: /storageclass(?:\.storage\.k8s\.io)? "(?<name>[^"]+)" not found/i,
    kind: 'StorageClass',
    scoped: false,
  },
]

/** A pull that fails because of the registry itself, not of this image: no answer, refused, overloaded (containerd's and Docker's words). */
const REGISTRY_FAILS =
  /(?:dial tcp|i\/o timeout|no such host|connection refused|TLS handshake|x509|503 Service|502 Bad|500 Internal|429 Too Many|toomanyrequests|context deadline exceeded|server misbehaving)/i
const IMAGE = /image "(?<image>[^"]+)"/

/** The registry of an image reference: the first part, where it has a dot, a port, or is localhost (distribution/reference). */
const registryOf = (image: string): string => {
  const [first, ...rest] = image.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first!) ? first!.toLowerCase() : 'docker.io'
}

const blamesOf = (message: string, namespace: string): { thing: string; what: string }[] => {
  const found: { thing: string; what: string }[] = []
  for (const { match, kind, scoped } of BLAMES) {
    const hit = match.exec(message)
    const name = hit?.groups?.['name']
    const of = hit === null ? undefined : typeof kind === 'string' ? kind : kind(hit)
    if (name === undefined || of === undefined) continue
    found.push({ thing: thingId(of, scoped ? namespace : '', name), what: `${of} ${name}` })
  }
  const image = IMAGE.exec(message)?.groups?.['image']
  if (image !== undefined && REGISTRY_FAILS.test(message)) {
    const registry = registryOf(image)
    found.push({ thing: thingId('Registry', '', registry), what: `registry ${registry}` })
  }
  return found
}

/** The things that a message blames, by name. */
export const touchesOfMessage = (message: string, namespace: string): string[] =>
  blamesOf(message, namespace).map(({ thing }) => thing)

/** Of a pod that waits for its claims the scheduler says which kind of thing is missing, and the pod says which (volumebinding plugin). */
const UNBOUND =
  /unbound immediate PersistentVolumeClaims|waiting for first consumer|unbound PersistentVolumeClaim/i

/** The scheduler names the pod that took the room by its UID (pkg/scheduler/framework/preemption). */
const PREEMPTED = /^Preempted by (?:a )?pod ([0-9a-f-]{36})\b/
const podId = (uid: string): string => thingId('PodUid', '', uid)
/** So many pods of a workload that waits for room are named, newest first. */
const MAX_PODS = 8

type Add = (how: Touch['how'], thing: string, why: string) => void

const addBlames = (
  part: Part,
  namespace: string,
  byUid: (uid: string) => ObjectFact | undefined,
  add: Add,
): void => {
  for (const event of part.events) {
    for (const { thing, what } of blamesOf(event.message, namespace))
      add('blames', thing, `${event.reason} of ${event.involved.name} names ${what}`)
    if (!UNBOUND.test(event.message)) continue
    const pod = event.involved.uid === undefined ? undefined : byUid(event.involved.uid)
    for (const claim of (pod?.object.pod?.claims ?? []).slice(0, MAX_BLAMED_PER_OBJECT))
      add(
        'blames',
        thingId('PersistentVolumeClaim', namespace, claim),
        `${event.reason} of ${event.involved.name}: its claim ${claim} is not bound`,
      )
  }
  for (const state of part.states)
    for (const { thing, what } of blamesOf(state.message, namespace))
      add(
        'blames',
        thing,
        `${state.reason} in the state of ${state.fact.object.name} names ${what}`,
      )
}

/** Problems that a workload has when pods of it had to go and find no other place. */
const FOR_WANT_OF_ROOM: ReadonlySet<string> = new Set(['Scheduling', 'RolloutStuck', 'Unavailable'])

/** Who was given the place of its pods. */
const addPreemptions = (part: Part, view: OwnerView, add: Add): void => {
  if (!FOR_WANT_OF_ROOM.has(part.rule.problem)) return
  for (const { message, involved } of view.preemptions.slice(-MAX_PODS)) {
    const by = PREEMPTED.exec(message)?.[1]
    if (by !== undefined) add('blames', podId(by), `${involved.name} was preempted by a pod of it`)
  }
}

/** The port of the node that an endpoint names for a pod in the node's own network. */
const nodePortOf = (endpoint: string): string | undefined => {
  const found = /^(.*):(\d+)$/.exec(endpoint)
  return found !== null && LOOPBACK.test(found[1]!) ? found[2]! : undefined
}

const nodePort = (namespace: string, port: string): string => thingId('HostPort', namespace, port)

/**
 * Who talks to whom, by what the revisions of the owner declare: all that are known, since a broken one may no longer say what the working
 * one did, and those who call it still call the same place.
 */
const addEdges = (view: OwnerView, add: Add): void => {
  const { namespace } = view
  const revisions = view.own.flatMap((fact) => fact.revisions)
  for (const { object } of view.services) {
    const selector = object.service?.selector ?? {}
    if (revisions.some(({ template }) => selects(selector, template)))
      add(
        'is',
        thingId('Service', namespace, object.name),
        `Service ${object.name} selects its pods`,
      )
  }
  // Pods in the node's own network find each other at the node's ports, of one namespace as far as we can tell.
  for (const endpoint of revisions.flatMap(({ listens = [] }) => listens)) {
    const port = /^(?:\*|127\.\d+\.\d+\.\d+|localhost):(\d+)$/.exec(endpoint)?.[1]
    if (port !== undefined)
      add('is', nodePort(namespace, port), `its pods listen at port ${port} of the node`)
  }
  const called = (call: string, where: string, inHostNetwork: boolean): void => {
    const why = `${where} names ${call}`
    const service = serviceOf(call, namespace)
    if (service !== undefined) add('uses', service, why)
    const port = inHostNetwork ? nodePortOf(call) : undefined
    if (port !== undefined) add('uses', nodePort(namespace, port), why)
  }
  for (const { calls = [], hostNetwork = false } of revisions)
    for (const call of calls) called(call, 'its pod template', hostNetwork)
  const inHostNetwork = revisions.some(({ hostNetwork }) => hostNetwork === true)
  for (const { object } of view.configMaps)
    for (const call of object.calls ?? []) called(call, `ConfigMap ${object.name}`, inHostNetwork)
}

/** A number that grows all the time is told as its magnitude: whoever reads it wants no news of each span. */
const magnitudeOf = (n: number): string => {
  const power = 10 ** Math.floor(Math.log10(n))
  return n === 1 ? '1 span' : n < 10 ? 'some spans' : `${power} spans or more`
}

/** Whom it was seen to call. */
const addCalls = (calls: readonly PatternFact[], add: Add): void => {
  for (const { pattern, firstAt, top } of calls) {
    const { peer } = pattern
    if (peer === undefined) continue
    const since = formatInstant(Math.floor(firstAt / 1_000) * 1_000)
    const why = `seen in traces since ${since} (${magnitudeOf(top.n)}): ${pattern.text}`
    add('uses', thingId(peer.kind, peer.namespace, peer.name), why)
  }
}

/**
 * What an incident touches besides itself, so that incidents with one cause find each other (domain.md, "Groups"). Bounded; the order is
 * that of `is`, `blames`, `uses`, then by name.
 */
export const touchesOf = (
  part: Part,
  view: OwnerView,
  { objects, changes }: Pick<Context, 'objects' | 'changes'>,
  byUid: (uid: string) => ObjectFact | undefined,
): Touch[] => {
  const found = new Map<string, Touch>()
  const add: Add = (how, thing, why) => {
    const key = `${how} ${thing}`
    const before = found.get(key)
    if (before === undefined || why < before.why) found.set(key, { how, thing, why })
  }
  const { owner, namespace } = view
  add('is', thingId(owner.kind, namespace, owner.name), 'it is the owner')
  if (owner.kind === 'Node')
    add('is', thingId('Nodes', '', ''), 'another node failed at the same time')
  addBlames(part, namespace, byUid, add)
  if (part.rule.problem === 'Scheduling')
    for (const { uid, name } of objects.slice(0, MAX_PODS))
      if (uid !== undefined) add('is', podId(uid), `${name} waits for room`)
  for (const { how, thing, why } of changedThings(changes)) add(how, thing, why)
  addPreemptions(part, view, add)
  addEdges(view, add)
  addCalls(view.calls, add)
  for (const { node, name } of objects)
    if (node !== undefined) add('uses', thingId('Node', '', node), `${name} runs on it`)
  return [...found.values()].sort(byRank).slice(0, MAX_TOUCHES)
}

const RANK = { is: 0, blames: 1, uses: 2 } as const

const byRank = (a: Touch, b: Touch): number =>
  RANK[a.how] - RANK[b.how] || (a.thing < b.thing ? -1 : a.thing > b.thing ? 1 : 0)
