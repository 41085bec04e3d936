import { placeText, type Letter, type LetterBook } from '@kubesift/adapter-kafka'
import { deadLetterTopicOf } from '@kubesift/contracts'

/** Letters that were refused for the same reason but for names and numbers. */
export interface ReasonGroup {
  /** Of the newest of them. */
  readonly reason: string
  readonly letters: number
  readonly newestAt: number
  /** Source places, the newest first; the first few. */
  readonly places: readonly string[]
}

/** What a dead-letter topic holds, in short. */
export interface Summary {
  readonly topic: string
  readonly deadLetterTopic: string
  readonly letters: number
  readonly replayed: number
  /** Records that no stage of ours wrote. */
  readonly foreign: number
  readonly newestAt: number | undefined
  readonly stages: readonly { readonly stage: string; readonly letters: number }[]
  /** The most frequent first. */
  readonly reasons: readonly ReasonGroup[]
}

const PLACES = 3
const SHAPE_MAX = 300

/** A reason without what differs from letter to letter: quoted parts and numbers. */
export const shapeOf = (why: string): string =>
  why
    .slice(0, SHAPE_MAX)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '…')
    .replace(/\d+/g, '#')

/** Counts what was read. */
export const summarise = ({ topic, letters, foreign }: LetterBook): Summary => {
  const all = [...letters.values()].toSorted((a, b) => b.at - a.at)
  return {
    topic,
    deadLetterTopic: deadLetterTopicOf(topic),
    letters: all.length,
    replayed: all.filter(({ replayedAt }) => replayedAt !== undefined).length,
    foreign,
    newestAt: all[0]?.at,
    stages: stagesOf(all),
    reasons: reasonsOf(all),
  }
}

const stagesOf = (letters: readonly Letter[]): Summary['stages'] => {
  const counts = new Map<string, number>()
  for (const stage of letters.flatMap(({ stages }) => stages))
    counts.set(stage, (counts.get(stage) ?? 0) + 1)
  return [...counts]
    .map(([stage, count]) => ({ stage, letters: count }))
    .toSorted((a, b) => b.letters - a.letters)
}

const reasonsOf = (newestFirst: readonly Letter[]): readonly ReasonGroup[] =>
  [...Map.groupBy(newestFirst, ({ why }) => shapeOf(why)).values()]
    .map((alike) => ({
      reason: alike[0]!.why,
      letters: alike.length,
      newestAt: alike[0]!.at,
      places: alike.slice(0, PLACES).map(({ place }) => placeText(place)),
    }))
    .toSorted((a, b) => b.letters - a.letters || b.newestAt - a.newestAt)
