export { createKafka, kafkaOptions, type Kafka, type KafkaOptions } from './client.ts'
export { kafkaEnv, type KafkaEnv, type KafkaSasl } from './config.ts'
export type { Batch, BatchConsumer, ConsumeOptions, Handle, Handled } from './consume-options.ts'
export { consumeBatches } from './consumer.ts'
export type { Parked } from './dead-letter.ts'
export { KafkaRefused, MessageTooLarge } from './errors.ts'
export {
  groupLagOf,
  oldestOf,
  partitionLagsOf,
  type PartitionLag,
  type Reader,
} from './group-lag.ts'
export { placeText, type LetterCopy, type SourcePlace } from './letter.ts'
export {
  findLetter,
  readLetters,
  type FoundLetter,
  type Letter,
  type LetterBook,
} from './letter-book.ts'
export { Outage, silentLog, type Log } from './log.ts'
export { partitionCountOf } from './partition-count.ts'
export { partitionOf } from './partitioner.ts'
export type { Position } from './partitions.ts'
export {
  createProducer,
  type OutgoingRecord,
  type Producer,
  type PublishOptions,
} from './producer.ts'
export type { LoopProgress } from './progress.ts'
export {
  readRecordAt,
  readRecords,
  spansOf,
  spansSince,
  topicsPresent,
  type RawRecord,
  type Span,
} from './read-records.ts'
export type { Received } from './records.ts'
export { replayLetters, type ReplayOptions, type ReplayOutcome } from './replay-letters.ts'
export { ensureTopics, type EnsuredTopics, type TopicDifference, type TopicSpec } from './topics.ts'
export { activeTraceparent, parseTraceparent, traceparentOf, type Traceparent } from './trace.ts'
