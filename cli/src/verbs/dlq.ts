import { Option, type Command } from 'commander'
import type { Kafka } from '@kubesift/adapter-kafka'
import type { ListOptions } from '../dlq/list.ts'
import { parsePlace, parseTarget } from '../dlq/place.ts'
import type { ReplayVerbOptions } from '../dlq/replay.ts'
import type { ShowVerbOptions } from '../dlq/show.ts'
import type { ExitCode } from '../frame/exit-code.ts'
import type { CliContext, Run, Verb } from '../frame/verb.ts'

/** `kubesift dlq`: the records that no stage could process, and their way back. */
export const verb: Verb = {
  examples: [
    './kubesift dlq list',
    './kubesift dlq show otel-logs/3/182',
    './kubesift dlq replay otel-logs --dry-run',
  ],
  notes: [
    'TOPIC is the topic that a record came from, and TOPIC/PARTITION/OFFSET where it lay there, as `list` prints it. Kafka is',
    'that of `up`, or what KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, KAFKA_SSL and KAFKA_SASL_* name.',
    '',
    'replay writes a record back to the end of its partition, where every stage that reads the topic meets it again, and',
    'remembers in the dead-letter topic that it did. What fails again comes back as a new letter.',
    '',
    'Exit codes: 1 no such letter, or one that could not be replayed; 2 no such topic; 4 Kafka does not answer.',
  ].join('\n'),
  define: (command, context, run) => {
    defineList(command, context, run)
    defineShow(command, context, run)
    defineReplay(command, context, run)
  },
}

const formatOption = (): Option =>
  new Option('--format <format>', 'output').choices(['table', 'json']).default('table')

const asking = async (
  context: CliContext,
  work: (kafka: Kafka) => Promise<ExitCode>,
): Promise<ExitCode> => (await import('../dlq/kafka-here.ts')).withKafka(context, work)

const defineList = (command: Command, context: CliContext, run: Run): void => {
  command
    .command('list')
    .description('Dead letters by topic: how many, since when, from which stage and why.')
    .argument('[topic]', 'only this one, with all its letters')
    .addOption(formatOption())
    .action(
      run(async (text: string | undefined, options: ListOptions) => {
        const topic = text === undefined ? undefined : parseTarget(text).topic
        const { list } = await import('../dlq/list.ts')
        return asking(context, (kafka) => list(kafka, topic, options, context))
      }),
    )
}

const defineShow = (command: Command, context: CliContext, run: Run): void => {
  command
    .command('show')
    .description('One letter: why it was parked, its headers and its value, made readable.')
    .argument('<place>', 'TOPIC/PARTITION/OFFSET')
    .addOption(formatOption())
    .option('--full', 'the whole value, however long')
    .action(
      run(async (text: string, options: ShowVerbOptions) => {
        const place = parsePlace(text)
        const { show } = await import('../dlq/show.ts')
        return asking(context, (kafka) => show(kafka, place, options, context))
      }),
    )
}

const defineReplay = (command: Command, context: CliContext, run: Run): void => {
  command
    .command('replay')
    .description('Give letters back to their topic, each once.')
    .argument('<what>', 'TOPIC, or TOPIC/PARTITION/OFFSET for one')
    .option('--dry-run', 'only say what would be done')
    .option('--again', 'also those that were replayed before')
    .action(
      run(async (text: string, options: ReplayVerbOptions) => {
        const target = parseTarget(text)
        const { replay } = await import('../dlq/replay.ts')
        return asking(context, (kafka) => replay(kafka, target, options, context))
      }),
    )
}
