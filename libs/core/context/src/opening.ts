import type { Opening, ProblemRule, Spell } from '@kubesift/contracts'

export interface Happening {
  readonly at: number
  /** Where it stands for a stretch: its last moment. */
  readonly to?: number
  /** What it adds to the count. */
  readonly add: number
  /** What it adds towards the opening threshold (a state counts here, though it adds no occurrence). */
  readonly weight: number
  /** Where it stands for several: when they began. */
  readonly since?: number | undefined
  /** The object that it is about. */
  readonly object?: string | undefined
  /** What it takes for it to open, where that differs from what its problem says. */
  readonly opens?: Opening | undefined
  /** On an object that was already being deleted: counts, but neither begins, prolongs nor opens a spell. */
  readonly passive?: boolean
}

/** A happening with all its fields in one order: tens of thousands are looked at in a storm, and of one shape that is several times as fast. */
export const happening = ({
  at,
  add,
  weight,
  since,
  object,
  opens,
  passive = false,
}: Happening): Happening => ({ at, add, weight, since, object, opens, passive, to: at })

interface Tally {
  from: number
  to: number
  weight: number
}

/** A stretch of activity in the making. */
export interface Building extends Tally {
  count: number
  openedAt: number | null
  /** The same for each object by itself. */
  readonly objects: Map<string, Tally>
}

export const begin = (at: number): Building => ({
  from: at,
  to: at,
  count: 0,
  weight: 0,
  openedAt: null,
  objects: new Map(),
})

/** A spell that goes on; its own count is known elsewhere. */
export const resume = ({ from, to, openedAt }: Spell): Building => ({
  ...begin(from),
  to,
  openedAt,
})

const tallyOf = (
  spell: Building,
  { object = '', at, to = at, since = at }: Happening,
  pause: number,
): Tally => {
  let tally = spell.objects.get(object)
  if (tally === undefined || since - tally.to > pause) {
    tally = { from: at, to: at, weight: 0 }
    spell.objects.set(object, tally)
  }
  tally.to = Math.max(tally.to, to)
  return tally
}

/** When the threshold was crossed: for one that stands for several, as if they had come evenly since the one before. */
const crossedAt = (happening: Happening, needed: number): number => {
  const { at, since, weight } = happening
  return since === undefined || needed <= 0
    ? at
    : since + ((at - since) * Math.min(needed, weight)) / weight
}

/** Takes one more into the stretch, which opens when its threshold is reached: monotone in what is known. */
export const extend = (spell: Building, happening: Happening, rule: ProblemRule): void => {
  spell.to = Math.max(spell.to, happening.to ?? happening.at)
  spell.count += happening.add
  // Open is open: how far it would be from it does not matter any more.
  if (spell.openedAt !== null) return
  const { count, span = 0, per, pause = Infinity } = happening.opens ?? rule.opens
  const own = tallyOf(spell, happening, pause)
  const tally = per === 'object' ? own : spell
  const needed = count - tally.weight
  own.weight += happening.weight
  spell.weight += happening.weight
  const earliest = tally.from + span
  if (tally.weight < count || happening.at < earliest) return
  spell.openedAt = Math.max(earliest, crossedAt(happening, needed))
}
