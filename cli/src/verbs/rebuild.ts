import { InvalidArgumentError } from 'commander'
import type { RebuildOptions } from '../rebuild/rebuild.ts'
import type { Verb } from '../frame/verb.ts'

const seconds = (text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('a number of seconds.')
  return value
}

/** Makes the state of the assemblers again, after Redis has lost it. */
export const verb: Verb = {
  examples: ['./kubesift rebuild --dry-run', './kubesift rebuild', './kubesift rebuild --force'],
  notes: [
    'The state in Redis can be made again: from the records that `signals` still has, and from the published contexts for what',
    'retention took. An assembler that finds no state does so by itself; this verb shows what is lost, waits until it is whole,',
    'and with --force takes away a state that is there (one from an old backup, say). Nothing is published before it is whole;',
    'then all is published once more under a new epoch, so that it outranks what was published before. Counts stay what they were.',
    '',
    'Kafka and Redis are those of `up`, or what KAFKA_BROKERS, KAFKA_TOPIC_PREFIX and REDIS_URL name.',
    '',
    'Exit codes: 4 Kafka, Redis or the context-builder does not answer.',
  ].join('\n'),
  define: (command, context, run) => {
    command
      .option('--dry-run', 'only say what would be read again')
      .option('--force', 'also where the state is there: it is taken away and made anew')
      .option('--wait <seconds>', 'how long to wait until it is whole', seconds, 600)
      .action(
        run(async (options: RebuildOptions) => {
          const [{ withKafka }, { withStateStore }, { rebuild }] = await Promise.all([
            import('../dlq/kafka-here.ts'),
            import('../rebuild/redis-here.ts'),
            import('../rebuild/rebuild.ts'),
          ])
          return withKafka(context, (kafka) =>
            withStateStore(context, kafka.options.topicPrefix ?? '', (store) =>
              rebuild({ kafka, store, context }, options),
            ),
          )
        }),
      )
  },
}
