import type { SourcePlace } from '@kubesift/adapter-kafka'
import {
  incidentAnalyses,
  incidentContexts,
  incidentEvents,
  incidents,
  notifications,
  otelTopics,
  signals,
} from '@kubesift/contracts'
import { usageFailure } from '../frame/cli-failure.ts'
import { nearest } from '../frame/suggest.ts'
import { visibleUpTo } from './visible.ts'

/** Topics that stages of ours read or write, each of which may have dead letters. */
export const knownTopics: readonly string[] = [
  ...otelTopics,
  ...[signals, incidentContexts, incidents, incidentEvents, incidentAnalyses, notifications].map(
    ({ topic }) => topic,
  ),
]

/** What a command is about: all letters of a source topic, or one of them. */
export type Target = Pick<SourcePlace, 'topic'> & Partial<SourcePlace>

const FORM = /^([\w.-]{1,249})(?:\/(\d{1,9})\/(\d{1,15}))?$/

/** `TOPIC` or `TOPIC/PARTITION/OFFSET`; the topic is the source, and its dead-letter topic is understood as well. */
export const parseTarget = (text: string): Target => {
  const [, name, partition, offset] = FORM.exec(text) ?? []
  if (name === undefined)
    throw usageFailure(`'${visibleUpTo(text, 200)}': wanted is TOPIC or TOPIC/PARTITION/OFFSET`)
  const topic = name.replace(/\.dlq$/, '')
  return partition === undefined
    ? { topic }
    : { topic, partition: Number(partition), offset: Number(offset) }
}

/** {@link parseTarget} for one letter. */
export const parsePlace = (text: string): SourcePlace => {
  const { topic, partition, offset } = parseTarget(text)
  if (partition === undefined || offset === undefined)
    throw usageFailure(
      `'${topic}': which letter of it? TOPIC/PARTITION/OFFSET, as \`kubesift dlq list ${topic}\` prints it`,
    )
  return { topic, partition, offset }
}

/** Said when a topic has no dead-letter topic on this broker. */
export const unknownTopic = (topic: string): Error => {
  const close = knownTopics.includes(topic) ? undefined : nearest(topic, knownTopics)
  const hint = close === undefined ? '`kubesift dlq list` lists them' : `did you mean ${close}?`
  return usageFailure(`there is no dead-letter topic ${topic}.dlq: ${hint}`)
}
