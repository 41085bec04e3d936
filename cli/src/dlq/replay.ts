import {
  placeText,
  readLetters,
  replayLetters,
  topicsPresent,
  type Kafka,
  type Letter,
  type LetterBook,
  type ReplayOutcome,
} from '@kubesift/adapter-kafka'
import { deadLetterTopicOf } from '@kubesift/contracts'
import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext } from '../frame/verb.ts'
import { counted, shortAge } from '../render/words.ts'
import { unknownTopic, type Target } from './place.ts'
import { noLetter } from './show.ts'
import { visibleUpTo } from './visible.ts'

export interface ReplayVerbOptions {
  readonly dryRun?: boolean
  readonly again?: boolean
}

type Kind = ReplayOutcome['kind']

/** `dlq replay`: gives letters back to the topic that they came from, and says what it did of each. */
export const replay = async (
  kafka: Kafka,
  target: Target,
  options: ReplayVerbOptions,
  context: CliContext,
): Promise<ExitCode> => {
  const { topic } = target
  const dead = deadLetterTopicOf(topic)
  const there = await topicsPresent(kafka, [topic, dead])
  if (!there.includes(dead)) throw unknownTopic(topic)
  if (!there.includes(topic))
    throw new CliFailure(`${topic} is not there: ${dead} has nowhere to go back to`)
  const letters = wanted(await readLetters(kafka, topic, context.signal), target, context)
  if (letters.size === 0 && !context.signal.aborted) {
    context.print(`No letters in ${dead}.`)
    return ExitCode.ok
  }
  const counts = new Map<Kind, number>()
  await replayLetters(
    kafka,
    { topic, letters },
    {
      ...options,
      signal: context.signal,
      report: ({ place }, outcome) => {
        counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1)
        context.print(`${placeText(place)}  ${outcomeText(outcome, context.now())}`)
      },
    },
  )
  context.print(totalText(counts))
  if (context.signal.aborted) return ExitCode.interrupted
  return counts.has('gone') || counts.has('refused') ? ExitCode.failed : ExitCode.ok
}

const wanted = (
  { letters }: LetterBook,
  { topic, partition, offset }: Target,
  { signal }: CliContext,
): ReadonlyMap<string, Letter> => {
  if (partition === undefined || offset === undefined) return letters
  const name = placeText({ topic, partition, offset })
  const letter = letters.get(name)
  if (letter !== undefined) return new Map([[name, letter]])
  if (signal.aborted) return new Map()
  throw noLetter({ topic, partition, offset })
}

/** What happened to one letter. */
export const outcomeText = (outcome: ReplayOutcome, now: number): string => {
  switch (outcome.kind) {
    case 'replayed':
      return 'replayed'
    case 'would-replay':
      return 'would be replayed'
    case 'already':
      return `left: it was replayed ${shortAge(now - outcome.at)} ago (--again does it again)`
    case 'gone':
      return 'NOT replayed: its bytes are no longer in Kafka'
    case 'refused':
      return `NOT replayed: ${visibleUpTo(outcome.why, 400)}`
  }
}

const TOTALS: readonly (readonly [Kind, string])[] = [
  ['replayed', 'replayed'],
  ['would-replay', 'would be replayed'],
  ['already', 'left, replayed before'],
  ['gone', 'gone'],
  ['refused', 'refused'],
]

/** The last line: how many of each. */
export const totalText = (counts: ReadonlyMap<Kind, number>): string => {
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0)
  const parts = TOTALS.flatMap(([kind, words]) => {
    const n = counts.get(kind)
    return n === undefined ? [] : [`${n.toLocaleString('en-US')} ${words}`]
  })
  return `${counted(total, 'letter')}: ${parts.join(', ') || 'nothing done'}`
}
