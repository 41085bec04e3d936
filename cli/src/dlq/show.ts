import {
  findLetter,
  placeText,
  readRecordAt,
  topicsPresent,
  type Kafka,
  type SourcePlace,
} from '@kubesift/adapter-kafka'
import { deadLetterTopicOf } from '@kubesift/contracts'
import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext } from '../frame/verb.ts'
import { columnsFor, paintFor } from '../render/paint.ts'
import { unknownTopic } from './place.ts'
import { letterJson, letterText } from './show-text.ts'
import { visibleJson } from './visible.ts'

export interface ShowVerbOptions {
  readonly format: 'table' | 'json'
  readonly full?: boolean
}

/** `dlq show`: one letter, with what it carries. */
export const show = async (
  kafka: Kafka,
  place: SourcePlace,
  { format, full }: ShowVerbOptions,
  context: CliContext,
): Promise<ExitCode> => {
  const { topic } = place
  const there = await topicsPresent(kafka, [topic, deadLetterTopicOf(topic)])
  if (!there.includes(deadLetterTopicOf(topic))) throw unknownTopic(topic)
  const found = await findLetter(kafka, place, context.signal)
  if (context.signal.aborted) return ExitCode.interrupted
  if (found === undefined) throw noLetter(place)
  const isFetchable = found.record.value === null && there.includes(topic)
  const source = isFetchable ? await readRecordAt(kafka, place, context.signal) : undefined
  const shown = { ...found, source }
  const options = {
    columns: columnsFor(context),
    paint: paintFor(context),
    now: context.now(),
    full: full === true,
  }
  if (format === 'json') context.print(visibleJson(letterJson(shown)))
  else for (const line of letterText(shown, options)) context.print(line)
  return ExitCode.ok
}

/** Said when the dead-letter topic has nothing about this place. */
export const noLetter = (place: SourcePlace): Error =>
  new CliFailure(
    `no dead letter of ${placeText(place)}: \`kubesift dlq list ${place.topic}\` lists those that there are`,
  )
