import { createKafka, createProducer, kafkaOptions } from '@kubesift/adapter-kafka'
import { loadKnowns } from '@kubesift/adapter-rules'
import { Health, type Logger, type RuntimeEnv, type ServiceOptions } from '@kubesift/runtime'
import { fileURLToPath } from 'node:url'
import { Analyst } from './analyst.ts'
import type { Config } from './config.ts'

const SHIPPED_KNOWNS = fileURLToPath(new URL('../../../rules/knowns', import.meta.url))

/** The service as a function of its configuration. Rules that cannot be used stop it here, before it touches the network. */
export const aiAnalyst = (config: Config & RuntimeEnv, log: Logger): ServiceOptions => {
  const knowns = loadKnowns(config.KNOWNS_DIR ?? SHIPPED_KNOWNS)
  const kafka = createKafka(kafkaOptions(config, { clientId: 'ai-analyst', log }))
  const producer = createProducer(kafka)
  const health = new Health(config.STALL_TIMEOUT_MS)
  const analyst = new Analyst({
    kafka,
    producer,
    knowns,
    groupId: config.KAFKA_GROUP_ID,
    batchMax: config.BATCH_MAX,
    progress: health.progress('analyse'),
  })
  log.info({ knowns: knowns.knowns.length, rulesHash: knowns.hash }, 'loaded the knowns')
  return {
    name: 'ai-analyst',
    config,
    log,
    health,
    loops: {
      analyse: async (signal) => {
        try {
          await analyst.run(signal)
        } finally {
          await producer.disconnect()
        }
      },
    },
    ready: () => analyst.reasons(),
  }
}
