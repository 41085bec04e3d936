import type { Change, Context, Evidence } from '@kubesift/contracts'

/** Where times of built contexts begin: 2026-11-21T01:00:00Z. */
export const T0 = 1_795_222_800_000

export interface Sketch {
  readonly problem?: string
  readonly owner?: string
  readonly namespace?: string
  /** `Reason: message`, one per event. */
  readonly events?: readonly string[]
  readonly terminations?: readonly (readonly [reason: string, exitCode: number, message?: string])[]
  readonly waiting?: readonly (readonly [reason: string, message?: string])[]
  readonly change?: Partial<Change> & Pick<Change, 'kind'>
  /** Changes that came after the first symptom, a minute apart. */
  readonly later?: readonly (Partial<Change> & Pick<Change, 'kind'>)[]
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

const laterOf = (owner: Context['owner'], { later = [] }: Sketch): Change[] =>
  later.map((change, i) => ({
    ...changeOf(owner, change),
    at: T0 + (i + 1) * 60_000,
    distanceMs: -(i + 1) * 60_000,
    evidence: `l${i}`,
  }))

const splitEvent = (text: string): { reason: string; message: string } => {
  const at = text.indexOf(': ')
  return { reason: text.slice(0, at), message: text.slice(at + 2) }
}

const reasonOf = (text: string): Context['reasons'][number] => ({
  ...splitEvent(text),
  type: 'Warning',
  source: 'event',
  count: 3,
  uids: 1,
  quality: 'exact',
  firstAt: T0,
  lastAt: T0 + 60_000,
})

const withMessage = (message: string | undefined): { message?: string } =>
  message === undefined ? {} : { message }

const statesOf = ({
  container = 'app',
  waiting = [],
  terminations = [],
}: Sketch): Context['states'] => ({
  waiting: waiting.map(([reason, message]) => ({
    container,
    reason,
    pods: 1,
    ...withMessage(message),
  })),
  terminations: terminations.map(([reason, exitCode, message]) => ({
    container,
    reason,
    exitCode,
    count: 1,
    ...withMessage(message),
  })),
  restarts: 3,
  notReady: 1,
  pods: 2,
})

const evidenceOf = (
  { events = [], terminations = [], container = 'app' }: Sketch,
  change: Change | undefined,
): Evidence[] => {
  const entry = (id: string, kind: Evidence['kind'], text: string, at: number): Evidence => ({
    id,
    kind,
    text,
    at,
    records: [],
  })
  return [
    ...(change ? [entry('c0', 'change', change.summary, change.at)] : []),
    ...events.map((text, i) => entry(`e${i + 1}`, 'event', text, T0 + (i + 1) * 1000)),
    ...terminations.map(([reason, exitCode], i) => {
      const text = `Container ${container} ended: ${reason} (exit code ${exitCode})`
      return entry(`s${i}`, 'state', text, T0 + 500)
    }),
  ]
}

/** A context as the assembler would publish it, from the few words that a test is about. */
export const contextOf = (sketch: Sketch): Context => {
  const { problem = 'CrashLoop', namespace = 'shop', events = [] } = sketch
  const [kind = 'Deployment', name = 'checkout'] = (sketch.owner ?? 'Deployment/checkout').split(
    '/',
  )
  const owner = { kind, name, by: 'objects' as const }
  const change = sketch.change ? changeOf(owner, sketch.change) : undefined
  const pod = { kind: 'Pod', namespace, name: sketch.pod ?? `${name}-7d58644cb7-6g5g2` }
  return {
    key: `c/${namespace}/${kind}/${name}/${problem}`,
    version: { epoch: 0, offset: 7 },
    cluster: 'c',
    namespace,
    owner,
    problem,
    title: 'it fails',
    severity: 'P3',
    severityTerms: [],
    reasons: events.map(reasonOf),
    occurrenceCount: 3 * events.length,
    countQuality: 'exact',
    firstSeenAt: T0,
    lastSeenAt: T0 + 60_000,
    objects: kind === 'Node' ? [] : [{ ...pod, node: 'worker-1' }],
    objectsTotal: 1,
    changes: [...(change ? [change] : []), ...laterOf(owner, sketch)],
    states: statesOf(sketch),
    evidence: evidenceOf(sketch, change),
    spells: [],
    gaps: [],
    facets: [],
    touches: [],
    cause: { topic: 'signals', partition: 0, offset: 7 },
    rulesHash: 'test',
    watermark: null,
  }
}
