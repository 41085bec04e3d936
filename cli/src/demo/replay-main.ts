import { checkoutRoot, homeOf } from '../frame/context.ts'
import { startReplay } from './run-demo.ts'
import { collectorTarget, kafkaTarget } from './targets.ts'

/** The replay as a process of its own, for `up --detach` and `up --again`. Ends by SIGTERM. */
const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, COLLECTOR_ENDPOINT } = process.env

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
process.on('SIGINT', () => stop.abort())

const target = COLLECTOR_ENDPOINT
  ? collectorTarget(COLLECTOR_ENDPOINT)
  : kafkaTarget(KAFKA_BROKERS ?? '', KAFKA_TOPIC_PREFIX ?? '')
const context = {
  root: checkoutRoot,
  home: homeOf(process.env, checkoutRoot),
  now: () => Date.now(),
}
const { intro, done } = await startReplay(target, context, stop.signal)
for (const line of intro) process.stdout.write(`${line}\n`)
await done
