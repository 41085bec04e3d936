import fc from 'fast-check'
import { AT, MINUTE, node, occurred, type Happened } from './retirement.spec-helper.ts'

interface Episode {
  readonly afterMin: number
  readonly object: string
  readonly reason: string
  readonly uids: number
  readonly repeats: number
  readonly everyMin: number
  /** Its Events are those of the last episode like it, made anew; or they expire with each repeat. */
  readonly anew: 'never' | 'goes on' | 'expires'
}

export const episode: fc.Arbitrary<Episode> = fc.record({
  afterMin: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 900 })),
  object: fc.constantFrom('Deployment/web', 'Deployment/api', 'Pod/web-5d4f8c9b7d-x2x4z'),
  reason: fc.constantFrom('Crash', 'Pull', 'Probe', 'NotReady'),
  uids: fc.integer({ min: 1, max: 3 }),
  repeats: fc.integer({ min: 1, max: 4 }),
  everyMin: fc.integer({ min: 1, max: 20 }),
  anew: fc.constantFrom('never', 'never', 'goes on', 'expires'),
})

/** A series of repeats of a recorder. */
interface Recorded {
  readonly series: string
  readonly firstAt: number
  count: number
  lastAt: number
}

/** What the recorders remember, by what they tell. */
export type Recorders = Map<string, Recorded>

const recordedAt = (
  recorders: Recorders,
  { object, reason, anew }: Episode,
  at: {
    readonly u: number
    readonly firstAt: number
    readonly begins: boolean
    readonly id: string
  },
): Recorded => {
  const key = `${object} ${reason} ${at.u}`
  const known = recorders.get(key)
  const goesOn =
    known !== undefined && (!at.begins || (anew !== 'never' && known.lastAt < at.firstAt))
  const recorded = goesOn
    ? known
    : { series: `s${at.id}`, firstAt: at.firstAt, count: 0, lastAt: 0 }
  recorders.set(key, recorded)
  recorded.count += 1
  return recorded
}

/** Episodes one after the other, over days; every third or so with a Node that was not ready. */
export const happenedIn = (
  episodes: readonly Episode[],
  from = AT,
  name = '',
  recorders: Recorders = new Map(),
): Happened[] => {
  let start = from
  return episodes.flatMap((one, e) => {
    const { afterMin, object, reason, uids, repeats, everyMin, anew } = one
    start += afterMin * MINUTE
    const begin = start
    const events = Array.from({ length: uids * repeats }, (_, i) => {
      const [u, r] = [i % uids, Math.floor(i / uids)]
      const firstAt = begin + u * 7_000
      const id = `${name}${e}-${u}`
      const recorded = recordedAt(recorders, one, { u, firstAt, begins: r === 0, id })
      const at = firstAt + r * everyMin * MINUTE
      recorded.lastAt = at
      const uid = anew === 'expires' ? `${id}-${r}` : id
      // One receiver tells when the series began, the other when the stored Event was made.
      const made = anew === 'expires' ? at : firstAt
      const times =
        e % 2 === 0
          ? { firstAt: recorded.firstAt, madeAt: made === recorded.firstAt ? undefined : made }
          : { firstAt: made }
      const { count: n, series } = recorded
      return occurred(at, { reason, object, uid, n, series, ...times })
    })
    const down = e % 3 === 0 ? [node(begin, false), node(begin + 4 * MINUTE, true)] : []
    return [...events, ...down]
  })
}
