import type { Sample } from './samples.ts'
import { Noted } from './noted.ts'
import { Rising } from './rising.ts'

/** A breach that lasts is told again so often: who has lost sight of it knows that it goes on. */
export const TOLD_AGAIN_EVERY_MS = 30 * 60_000
/** So many things are watched; with more, all begin anew and are told once. */
const MAX_WATCHED = 200_000

/** What is to be told of a rule and a thing. */
export interface Crossing {
  readonly breach: boolean
  /** Since when it has been so. */
  readonly since: number
  readonly at: number
}

interface State {
  at: number
  breach: boolean
  since: number
  /** The breach that goes on was told. */
  told: boolean
  toldAt: number
  readonly rising?: Rising
}

/**
 * What the watched metrics of all things were last, so that only crossings are told. It may be lost at any time: what is in breach is then
 * told once more, and what was in breach (a note beside the offset says so) is told when it is well.
 */
export class Crossings {
  readonly #states = new Map<string, State>()
  readonly #noted = new Noted()

  /** What a sample changes, in the order in which it is to be told; mostly nothing. */
  take(sample: Sample): readonly Crossing[] {
    this.#noted.at(sample.at)
    const told = this.#look(sample)
    for (const { breach, at } of told) this.#noted.told(sample.key, breach, at)
    return told
  }

  #look(sample: Sample): readonly Crossing[] {
    const known = this.#states.get(sample.key)
    if (known === undefined) return this.#first(sample)
    const breach = breachOf(known, sample)
    if (breach === undefined) return []
    if (sample.at < known.at) return late(known, breach, sample)
    // Two points of one moment: the bad one holds.
    if (sample.at === known.at && (known.breach || !breach)) return []
    known.at = sample.at
    return breach ? inBreach(known, sample) : over(known, sample)
  }

  #first(sample: Sample): readonly Crossing[] {
    if (this.#states.size >= MAX_WATCHED) this.forget()
    const { at, key } = sample
    const told = this.#noted.has(key)
    const state: State = {
      at,
      // What was told stands until it is known whether it still holds.
      breach: told,
      since: at,
      told,
      toldAt: -Infinity,
      ...(typeof sample.breach === 'object' ? { rising: new Rising(at) } : {}),
    }
    this.#states.set(key, state)
    const breach = breachOf(state, sample)
    if (breach === undefined) return []
    return breach ? inBreach(state, sample) : over(state, sample)
  }

  /** What was told last may not have arrived, or nobody remembers it: whatever is seen next is told once more. */
  forget(): void {
    this.#states.clear()
    this.#noted.all()
  }

  /** What the next reader has to know: what was told to be in breach. */
  note(): string {
    return this.#noted.note()
  }

  /** Takes up what the former reader of a partition has noted; undefined: there was none. */
  recall(note: string | undefined): void {
    if (note !== undefined) this.#noted.recall(note)
  }
}

const inBreach = (state: State, { rule, at }: Sample): readonly Crossing[] => {
  if (!state.breach) {
    state.breach = true
    state.since = at
  }
  const isDue = at - state.since >= (rule.for ?? 0)
  if (state.told ? at - state.toldAt < TOLD_AGAIN_EVERY_MS : !isDue) return []
  state.told = true
  state.toldAt = at
  return [{ breach: true, since: state.since, at }]
}

const breachOf = (state: State, { at, breach }: Sample): boolean | undefined => {
  if (typeof breach === 'boolean') return breach
  return at < state.at ? undefined : state.rising?.breach(at, breach)
}

const over = (state: State, { at }: Sample): readonly Crossing[] => {
  const tells = state.breach && state.told
  state.breach = false
  state.told = false
  return tells ? [{ breach: false, since: at, at }] : []
}

/**
 * A sample that is older than the newest: told where it contradicts what was told of its time, and the newest then once more. One late
 * sample proves nothing that must last.
 */
const late = (state: State, breach: boolean, { rule, at }: Sample): readonly Crossing[] => {
  if (breach && !state.breach && (rule.for ?? 0) === 0)
    return [
      { breach: true, since: at, at },
      { breach: false, since: state.at, at: state.at },
    ]
  if (breach || !state.breach || at <= state.since) {
    const isEarlier = breach && state.breach && state.told && at < state.since
    if (isEarlier) state.since = at
    return isEarlier ? [{ breach: true, since: at, at: state.at }] : []
  }
  state.since = state.at
  return state.told
    ? [
        { breach: false, since: at, at },
        { breach: true, since: state.at, at: state.at },
      ]
    : []
}
