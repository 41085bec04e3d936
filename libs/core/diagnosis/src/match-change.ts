import type { Change, ChangeCondition, Context } from '@kubesift/contracts'
import { patternOf } from './pattern.ts'
import { isLowered } from './quantity.ts'

const HOUR_MS = 3_600_000
/** Events carry whole seconds, so a change may seem to come this much after its first symptom. */
const SLACK_MS = 2_000

const precedes = (change: Change, within: number): boolean =>
  change.distanceMs >= -SLACK_MS && change.distanceMs <= within

const podsAgree = (wanted: ChangeCondition['pods'], { failingPodsAreNew }: Change): boolean => {
  if (wanted === 'new') return failingPodsAreNew === true
  if (wanted === 'old') return failingPodsAreNew === false
  if (wanted === 'not-old') return failingPodsAreNew !== false
  return true
}

type Field = Change['fields'][number]

/** A change that is as wanted, and the field of it that was asked for. */
export interface FoundChange {
  readonly change: Change
  readonly field: Field | undefined
}

const asksForField = ({ fields, lowered }: ChangeCondition): boolean =>
  fields !== undefined || lowered === true

const fieldIn = ({ fields: source, lowered }: ChangeCondition, { fields }: Change) =>
  fields.find(
    ({ path, from, to }) =>
      (source === undefined || patternOf(source).test(path)) && (!lowered || isLowered(from, to)),
  )

/** Whether it was the owner that was changed, or what concerns it, and not what it calls: that has a diagnosis of its own. */
export const isOwn = ({ of }: Change): boolean => of === undefined

/** The nearest change before the first symptom that is as wanted. */
export const findChange = (
  wanted: ChangeCondition,
  { changes }: Context,
): FoundChange | undefined => {
  for (const change of changes.filter(isOwn)) {
    if (!precedes(change, wanted.within ?? HOUR_MS)) continue
    if (wanted.kind !== undefined && !wanted.kind.includes(change.kind)) continue
    if (!podsAgree(wanted.pods, change)) continue
    const field = asksForField(wanted) ? fieldIn(wanted, change) : undefined
    if (field !== undefined || !asksForField(wanted)) return { change, field }
  }
  return undefined
}

/** Whether anything was changed in the hour before the first symptom. */
export const hasRecentChange = ({ changes }: Context): boolean =>
  changes.some((change) => precedes(change, HOUR_MS))

/** The rollout that the failure may be of: the one that was found, else the nearest before the first symptom, unless old pods fail. */
export const rolloutIn = (found: FoundChange | undefined, context: Context): Change | undefined =>
  found?.change.kind === 'rollout'
    ? found.change
    : findChange({ kind: ['rollout'], pods: 'not-old' }, context)?.change
