import { isOwn } from './match-change.ts'
import type { Change, Context } from '@kubesift/contracts'

/**
 * What became of a rollout. `standing`: nothing followed it. `undone`: the newest one after it is a roll-back. `repeated`: it was rolled
 * back and came again, so that going back by one is right. `replaced`: something else followed, which may be a repair or make it worse.
 */
export interface Aftermath {
  readonly state: 'standing' | 'undone' | 'repeated' | 'replaced'
  /** The newest rollout after it. */
  readonly latest?: Change
  /** The revision to go back to, where it is known and no roll-back gave its number away. */
  readonly previousRevision?: string
}

const isRevision = (text: string | undefined): text is string => /^\d{1,9}$/.test(text ?? '')

const previous = (revision: string | undefined) =>
  isRevision(revision) ? { previousRevision: revision } : {}

/** A roll-back gives the old template a new number, so a former revision that is newer than its successor runs again. */
const isRenumbered = ({ fromRevision, toRevision }: Change): boolean =>
  isRevision(fromRevision) && isRevision(toRevision) && Number(fromRevision) > Number(toRevision)

/** Whether all that the change set is set again, or still, after what followed. */
const holdsAgain = ({ fields }: Change, later: readonly Change[]): boolean =>
  fields.length > 0 &&
  fields.every(({ path, to }) => {
    const newest = later.findLast((change) => change.fields.some((f) => f.path === path))
    return newest === undefined || newest.fields.find((f) => f.path === path)?.to === to
  })

/**
 * Whether anything is known to have run before: a number, a template that it differs from, or a ReplicaSet that an Event named. Events of a
 * first deployment look like those of a rollout, and then there is nothing to go back to.
 */
export const hasFormer = ({ fromRevision, fields }: Change): boolean =>
  fromRevision !== undefined ||
  fields.some(({ path, from }) => path !== 'replicaSet' || from !== null)

/** What followed a rollout, as far as the context tells. */
export const aftermathOf = (change: Change, { changes }: Context): Aftermath => {
  const later = changes
    .filter((other) => isOwn(other) && other.kind === 'rollout' && other.at > change.at)
    .toSorted((a, b) => a.at - b.at)
  const latest = later.at(-1)
  if (latest === undefined)
    return isRenumbered(change)
      ? { state: 'undone' }
      : { state: 'standing', ...previous(change.fromRevision) }
  if (latest.rollback === true)
    return holdsAgain(change, later) ? { state: 'repeated', latest } : { state: 'undone', latest }
  const moved = later.some(({ rollback }) => rollback === true)
  return { state: 'replaced', latest, ...(moved ? {} : previous(change.fromRevision)) }
}
