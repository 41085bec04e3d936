import { createKafka, kafkaEnv, kafkaOptions, type Kafka } from '@kubesift/adapter-kafka'
import { DependencyUnavailable } from '@kubesift/contracts'
import { z } from 'zod'
import { CliFailure, usageFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { readState } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

const Settings = z.object(kafkaEnv)

type Where = Pick<CliContext, 'env' | 'home'>

/** Kafka as the environment names it (`KAFKA_BROKERS` and what belongs to it), else that of what runs here. Nothing connects yet. */
export const kafkaHere = (where: Where): Kafka => {
  const parsed = Settings.safeParse(settingsOf(where))
  if (!parsed.success) throw usageFailure(`bad settings of Kafka: ${z.prettifyError(parsed.error)}`)
  return createKafka(kafkaOptions(parsed.data, { clientId: 'kubesift-dlq' }))
}

const settingsOf = ({ env, home }: Where): Readonly<Record<string, string>> => {
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([name, text]) =>
      text === undefined || text === '' ? [] : [[name, text] as const],
    ),
  )
  if (given['KAFKA_BROKERS'] !== undefined) return given
  const state = readState(home)
  if (state === undefined || !state.alive)
    throw new CliFailure(
      'nothing is running: `./kubesift up` starts everything, KAFKA_BROKERS names a Kafka elsewhere',
      ExitCode.notRunning,
    )
  return { ...given, KAFKA_BROKERS: state.kafkaBrokers, KAFKA_TOPIC_PREFIX: state.topicPrefix }
}

/** Kafka being away is one line and an exit code of its own. */
export const withKafka = async <T>(
  where: Where,
  work: (kafka: Kafka) => Promise<T>,
): Promise<T> => {
  const kafka = kafkaHere(where)
  try {
    return await work(kafka)
  } catch (why) {
    if (!(why instanceof DependencyUnavailable)) throw why
    throw new CliFailure(
      `Kafka at ${kafka.options.brokers.join(',')} does not answer: ${why.message}`,
      ExitCode.notRunning,
      { cause: why },
    )
  }
}
