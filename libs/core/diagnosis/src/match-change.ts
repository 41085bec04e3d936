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

const fieldsAgree = (wanted: ChangeCondition, { fields }: Change): boolean => {
  const { fields: source, lowered } = wanted
  if (source === undefined && !lowered) return true
  return fields.some(
    ({ path, from, to }) =>
      (source === undefined || patternOf(source).test(path)) && (!lowered || isLowered(from, to)),
  )
}

/** The nearest change before the first symptom that is as wanted. */
export const findChange = (wanted: ChangeCondition, { changes }: Context): Change | undefined =>
  changes.find(
    (change) =>
      precedes(change, wanted.within ?? HOUR_MS) &&
      (wanted.kind === undefined || wanted.kind.includes(change.kind)) &&
      podsAgree(wanted.pods, change) &&
      fieldsAgree(wanted, change),
  )

/** Whether anything was changed in the hour before the first symptom. */
export const hasRecentChange = ({ changes }: Context): boolean =>
  changes.some((change) => precedes(change, HOUR_MS))
