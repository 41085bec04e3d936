import type { Context } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { diagnose } from './diagnose.ts'
import { contextOf } from './test-kit/build-context.ts'
import { BACKOFF, rollout } from './test-kit/rows.ts'
import { shipped } from './test-kit/shipped.ts'

const problems = [
  'CrashLoop',
  'ImagePull',
  'OutOfMemory',
  'ProbeFailure',
  'Scheduling',
  'Config',
  'NodeNotReady',
  'Other',
] as const
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    "'; rm -rf / #",
    '$(reboot)',
    '`id`',
    '--kubeconfig=/tmp/x',
    '-n',
    'a b',
    '[{owner}]',
    '{pod}',
    '\u001b[2J',
    '\u202etxt',
    '\ud800',
    '$&$1',
    '\\\' " |&;',
    '__proto__',
    '',
  ),
)
const message = fc.oneof(
  hostile,
  hostile.map((h) => `configmap "${h}" not found`),
  hostile.map((h) => `Failed to pull image "${h}": ${h}: not found`),
  hostile.map((h) => `Startup probe failed: dial tcp ${h}:80: connect: connection refused`),
  fc.constant(BACKOFF),
)
const numbers = fc.oneof(fc.integer(), fc.constantFrom(0, 1, 137, -1))

const contexts: fc.Arbitrary<Context> = fc
  .record({
    problem: fc.constantFrom(...problems),
    namespace: hostile,
    name: hostile,
    kind: fc.oneof(fc.constantFrom('Deployment', 'Job', 'Node', 'Pod'), hostile),
    pod: hostile,
    container: hostile,
    events: fc.array(message, { maxLength: 6 }),
    ends: fc.array(
      fc.tuple(fc.constantFrom('Error', 'OOMKilled', 'Completed', 'x'), numbers, message),
      { maxLength: 3 },
    ),
    waits: fc.array(
      fc.tuple(fc.constantFrom('CrashLoopBackOff', 'InvalidImageName', 'y'), message),
      { maxLength: 3 },
    ),
    summary: hostile,
    revision: hostile,
    distanceMs: fc.oneof(fc.double(), fc.integer({ min: -9000, max: 4_000_000 })),
    isNew: fc.constantFrom(true, false, null),
    changed: fc.boolean(),
    noEvidence: fc.boolean(),
  })
  .map((r) => {
    const context = contextOf({
      problem: r.problem,
      namespace: r.namespace,
      events: r.events.map((e) => `Why: ${e}`),
      terminations: r.ends,
      waiting: r.waits,
      container: r.container,
      pod: r.pod,
      ...(r.changed
        ? {
            change: {
              ...rollout,
              summary: r.summary,
              fromRevision: r.revision,
              by: r.summary,
              distanceMs: r.distanceMs,
              failingPodsAreNew: r.isNew,
            },
          }
        : {}),
    })
    const owner = { ...context.owner, kind: r.kind, name: r.name }
    return { ...context, owner, evidence: r.noEvidence ? [] : context.evidence }
  })

/** Words of a command as a POSIX shell splits them; throws at anything that it would act on. */
const lex = (command: string): string[] => {
  const words = command.match(/(?:'[^']*'|\\'|[A-Za-z0-9_./:@%+=,-])+/g) ?? []
  expect(words.join(' ')).toBe(command)
  return words.map((w) => w.replaceAll(/'([^']*)'|\\'/g, (_, quoted?: string) => quoted ?? "'"))
}

const OPTIONS = new Set(
  shipped.knowns.flatMap((k) =>
    k.recommendations.flatMap((r) => (r.command ?? '').match(/(?<=[ [])-{1,2}[A-Za-z-]*/g) ?? []),
  ),
)

it('never throws, cites only what is there, and says nothing without evidence', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      const ids = new Set(context.evidence.map((e) => e.id))
      const diagnoses = diagnose(context, shipped)
      if (ids.size === 0) expect(diagnoses).toEqual([])
      else expect(diagnoses.length).toBeGreaterThan(0)
      for (const d of diagnoses) {
        expect(d.evidence.length).toBeGreaterThan(0)
        expect(d.evidence.every((id) => ids.has(id))).toBe(true)
        expect(d.confidence).toBeGreaterThanOrEqual(0.05)
        expect(d.confidence).toBeLessThan(1)
        expect(d.hypothesis).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
        expect(d.hypothesis.length).toBeLessThan(3000)
      }
    }),
    { numRuns: 500 },
  )
})

it('ranks by confidence', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      const all = diagnose(context, shipped).map((d) => d.confidence)
      expect(all).toEqual(all.toSorted((a, b) => b - a))
    }),
  )
})

it('writes commands whose words no name can break out of', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      const commands = diagnose(context, shipped).flatMap((d) =>
        d.recommendations.flatMap((r) => r.command ?? []),
      )
      for (const command of commands) {
        const [program, ...words] = lex(command)
        expect(program).toBe('kubectl')
        const options = words
          .filter((w) => w.startsWith('-'))
          .map((w) => /^-+[A-Za-z-]*/.exec(w)?.[0])
        expect(options.every((o) => o !== undefined && OPTIONS.has(o))).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

it('is a function of the context', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      const before = structuredClone(context)
      expect(diagnose(context, shipped)).toEqual(diagnose(before, shipped))
      expect(context).toEqual(before)
    }),
    { numRuns: 50 },
  )
})
