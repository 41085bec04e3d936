import { createKafka, createProducer, kafkaOptions, type Log } from '@kubesift/adapter-kafka'
import { webhookChannel } from '@kubesift/adapter-channel-webhook'
import { Database } from '@kubesift/adapter-postgres'
import { RETRY, type Channel } from '@kubesift/core-notice'
import { Health, type Logger, type ServiceOptions } from '@kubesift/runtime'
import type { ChannelName, Config } from './config.ts'
import { NotifierFacts } from './facts.ts'
import { logChannel } from './log-channel.ts'
import { Notifier } from './notifier.ts'

/** An attempt ends within its own time-out; the rest is for writing down what came of it. */
const LEASE_SLACK_MS = 5_000

const channelOf = (name: ChannelName, config: Config, log: Log): Channel => {
  if (name === 'log') return logChannel(log)
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret, WEBHOOK_TIMEOUT_MS: timeoutMs } = config
  if (url === undefined || secret === undefined)
    throw new TypeError('the config let a half webhook through')
  return webhookChannel({ url, secret, timeoutMs })
}

/** The service as a function of its configuration. */
export const notifierService = (config: Config, log: Logger): ServiceOptions => {
  const kafka = createKafka(kafkaOptions(config, { clientId: 'notifier', log }))
  const producer = createProducer(kafka)
  const health = new Health(config.STALL_TIMEOUT_MS)
  const notifier = new Notifier({
    kafka,
    groupId: config.KAFKA_GROUP_ID,
    database: new Database({
      url: config.DATABASE_URL,
      poolMax: config.DATABASE_POOL_MAX,
      applicationName: 'kubesift-notifier',
    }),
    producer,
    channels: config.NOTIFY_CHANNELS.map((name) => channelOf(name, config, log)),
    settle: { P1: config.SETTLE_P1_MS, other: config.SETTLE_MS },
    retry: RETRY,
    concurrency: config.WEBHOOK_CONCURRENCY,
    leaseMs: config.WEBHOOK_TIMEOUT_MS + LEASE_SLACK_MS,
    facts: new NotifierFacts(log),
    progressOf: (loop) => health.progress(loop),
    random: Math.random,
  })
  return {
    name: 'notifier',
    config,
    log,
    health,
    loops: {
      notify: async (signal) => {
        try {
          await notifier.run(signal)
        } finally {
          await producer.disconnect()
        }
      },
    },
    ready: () => notifier.reasons(),
  }
}
