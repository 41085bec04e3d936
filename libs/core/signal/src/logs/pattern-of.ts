import type { Hearing, ObjectRef, Pattern, PatternSignal } from '@kubesift/contracts'
import { contentId } from '../hash.ts'
import { guard, type At } from '../kube-event.ts'
import { compact, cut } from '../pick.ts'
import type { ReadOne } from '../read.ts'

/** What a reader found, before it has an identity. */
export type Seen = Omit<Pattern, 'id'> & { readonly example: string }

const refText = (ref: ObjectRef | undefined): string =>
  ref === undefined ? '' : `${ref.kind}/${ref.namespace}/${ref.name}`

/** One record of a pattern as a signal; undefined time is told by whoever reads the file. */
export const seenAs = (seen: Seen, at: At): ReadOne => {
  const told = at.observedAt ?? at.kafkaAt
  if (told === undefined) return { ok: false, why: 'a log record without any time' }
  const when = guard(told, at)
  return heardAs(seen, { offset: at.offset, n: 1, from: when, at: when })
}

/** A pattern that was found so often in one record, as a signal. */
export const heardAs = (seen: Seen, heard: Hearing): ReadOne => {
  const { source, reason, involved, container, peer, example } = seen
  const text = cut(seen.text, 400)
  const id = contentId(
    JSON.stringify([
      source,
      reason,
      refText(involved),
      involved.uid,
      container,
      refText(peer),
      text,
    ]),
  )
  const signal: PatternSignal = {
    t: 'pattern',
    offsets: [heard.offset],
    repeats: 1,
    pattern: compact({ id, source, reason, involved, container, peer, text }),
    example,
    heard: [heard],
  }
  return { ok: true, namespace: involved.namespace, signal }
}
