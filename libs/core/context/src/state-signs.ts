import type { ProblemRule, StateMatch } from '@kubesift/contracts'
import type { ObjectFact, Transition } from './object-fact.ts'
import type { OwnerView } from './owner-view.ts'
import type { StateSign } from './parts.ts'

/** A sign, and whether it may be said only once everything until then is known: something before it could unsay it. */
export interface LastingSign extends StateSign {
  readonly waits: boolean
}

/** When it became something else, or the object was gone; Infinity for what lasts. */
const leftAt = (fact: ObjectFact, from: Transition): number => {
  const later = fact.transitions.filter(
    (t) => t.type === from.type && t.status !== from.status && t.at >= from.at,
  )
  return Math.min(fact.deletedAt ?? Infinity, ...later.map((t) => t.at))
}

const conditionSigns = (
  facts: readonly ObjectFact[],
  match: StateMatch,
  wanted: ReadonlySet<string>,
): LastingSign[] =>
  facts.flatMap((fact) =>
    fact.transitions.flatMap((t) => {
      const status = `${t.type}=${t.status}`
      if (!wanted.has(status) && !wanted.has(`${status}:${t.reason}`)) return []
      const at = t.at + (match.for ?? 0)
      if (match.for !== undefined && leftAt(fact, t) < at) return []
      const { message } = t
      const reason = t.reason === '' ? status : t.reason
      return [{ reason, message, at, fact, waits: match.for !== undefined }]
    }),
  )

const terminationSigns = (
  pods: readonly ObjectFact[],
  wanted: ReadonlySet<string>,
): LastingSign[] =>
  pods.flatMap((fact) =>
    fact.terminations
      .filter(
        (t) =>
          (wanted.has(t.reason) || wanted.has(`exit=${t.exitCode}`)) && t.finishedAt !== undefined,
      )
      .map((t) => ({
        reason: t.reason,
        message: `container ${t.container} ended with exit code ${t.exitCode} (${t.reason})`,
        at: t.finishedAt!,
        fact,
        waits: false,
      })),
  )

const lastingSigns = (
  facts: readonly ObjectFact[],
  { state, restarts = 0 }: StateMatch,
  wanted: ReadonlySet<string>,
): LastingSign[] =>
  facts.flatMap((fact) =>
    (fact.lasting ?? [])
      .filter(
        (l) =>
          l.state === state &&
          l.restarts >= restarts &&
          (wanted.has(l.reason) || wanted.has(l.reason.replace(/:.*/, ''))),
      )
      .map((l) => ({
        reason: l.reason,
        message:
          l.state === 'phase'
            ? `its phase is ${l.reason}`
            : `container ${l.container} waits after ${l.restarts} restarts (${l.reason})`,
        at: l.at,
        fact,
        waits: false,
      })),
  )

/** Of whom states are asked. */
export type StatesView = Pick<OwnerView, 'owner' | 'own' | 'pods' | 'jobs'>

const matched = (view: StatesView, match: StateMatch): LastingSign[] => {
  if (match.kind !== undefined && !match.kind.includes(view.owner.kind)) return []
  const wanted = valuesOf(match)
  switch (match.state) {
    case 'condition':
      return conditionSigns([...view.own, ...view.jobs], match, wanted)
    case 'podCondition':
      return conditionSigns(view.pods, match, wanted)
    case 'terminated':
      return terminationSigns(view.pods, wanted)
    case 'waiting':
      return lastingSigns(view.pods, match, wanted)
    case 'phase':
      return lastingSigns(
        view.owner.kind === 'Pod' ? view.pods : [...view.own, ...view.pods],
        match,
        wanted,
      )
  }
}

/** Owners are derived often, rules are few. */
const values = new WeakMap<StateMatch, ReadonlySet<string>>()

const valuesOf = (match: StateMatch): ReadonlySet<string> => {
  let wanted = values.get(match)
  if (wanted === undefined) {
    wanted = new Set(match.value)
    values.set(match, wanted)
  }
  return wanted
}

/** What the states of an owner and of what it controls say of a problem. */
export const signsOf = (view: StatesView, rule: ProblemRule): readonly LastingSign[] =>
  rule.states.flatMap((match) => {
    const signs = matched(view, match)
    const { opens } = match
    return opens === undefined ? signs : signs.map((sign) => ({ ...sign, opens }))
  })
