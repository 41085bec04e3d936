import type { Change, Context, Evidence } from '@kubesift/contracts'

/** Where times of built contexts begin: 2026-11-21T01:00:00Z. */
export const T0 = 1_795_222_800_000

const event = (text: string, i: number): Evidence => ({
  id: `e${i}`,
  kind: 'event',
  text,
  at: T0 + i * 1000,
  records: [],
})

export interface Sketch {
  readonly problem?: string
  readonly owner?: string
  readonly namespace?: string
  /** `Reason: message`, one per event. */
  readonly events?: readonly string[]
  readonly terminations?: readonly (readonly [reason: string, exitCode: number, message?: string])[]
  readonly waiting?: readonly (readonly [reason: string, message?: string])[]
  readonly change?: Partial<Change> & Pick<Change, 'kind'>
  readonly container?: string
  readonly pod?: string
}

const changeOf = (owner: Context['owner'], sketch: NonNullable<Sketch['change']>): Change => ({
  object: { kind: owner.kind, namespace: 'shop', name: owner.name },
  at: T0 - 20_000,
  summary: 'image 1.0.0 -> 1.1.0',
  fields: [],
  distanceMs: 20_000,
  failingPodsAreNew: true,
  evidence: 'c0',
  ...sketch,
})

const splitEvent = (text: string): { reason: string; message: string } => {
  const at = text.indexOf(': ')
  return { reason: text.slice(0, at), message: text.slice(at + 2) }
}

/** A context as the assembler would publish it, from the few words that a test is about. */
export const contextOf = (sketch: Sketch): Context => {
  const [kind = 'Deployment', name = 'checkout'] = (sketch.owner ?? 'Deployment/checkout').split(
    '/',
  )
  const owner = { kind, name, by: 'objects' as const }
  const events = sketch.events ?? []
  const change = sketch.change ? changeOf(owner, sketch.change) : undefined
  const container = sketch.container ?? 'app'
  const namespace = sketch.namespace ?? 'shop'
  const pod = sketch.pod ?? `${name}-7d58644cb7-6g5g2`
  const evidence = events.map((text, i) => event(text, i + 1))
  const changed: Evidence[] = change
    ? [{ id: 'c0', kind: 'change', text: change.summary, at: change.at, records: [] }]
    : []
  const states: Evidence[] = (sketch.terminations ?? []).map(([reason, exitCode], i) => ({
    id: `s${i}`,
    kind: 'state',
    text: `Container ${container} ended: ${reason} (exit code ${exitCode})`,
    at: T0 + 500,
    records: [],
  }))
  return {
    key: `c/${namespace}/${kind}/${name}/${sketch.problem ?? 'CrashLoop'}`,
    version: { epoch: 0, offset: 7 },
    cluster: 'c',
    namespace,
    owner,
    problem: sketch.problem ?? 'CrashLoop',
    title: 'it fails',
    severity: 'P3',
    severityTerms: [],
    reasons: events.map((text) => ({
      ...splitEvent(text),
      type: 'Warning',
      source: 'event',
      count: 3,
      uids: 1,
      quality: 'exact',
      firstAt: T0,
      lastAt: T0 + 60_000,
    })),
    occurrenceCount: 3 * events.length,
    countQuality: 'exact',
    firstSeenAt: T0,
    lastSeenAt: T0 + 60_000,
    objects: kind === 'Node' ? [] : [{ kind: 'Pod', namespace, name: pod, node: 'worker-1' }],
    objectsTotal: 1,
    changes: change ? [change] : [],
    states: {
      waiting: (sketch.waiting ?? []).map(([reason, message]) => ({
        container,
        reason,
        pods: 1,
        ...(message === undefined ? {} : { message }),
      })),
      terminations: (sketch.terminations ?? []).map(([reason, exitCode, message]) => ({
        container,
        reason,
        exitCode,
        count: 1,
        ...(message === undefined ? {} : { message }),
      })),
      restarts: 3,
      notReady: 1,
      pods: 2,
    },
    evidence: [...changed, ...evidence, ...states],
    spells: [],
    gaps: [],
    facets: [],
    cause: { topic: 'signals', partition: 0, offset: 7 },
    rulesHash: 'test',
    watermark: null,
  }
}
