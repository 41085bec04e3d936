import { createKafka, createProducer, type Producer } from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'
import { OTEL_LOGS } from '@kubesift/contracts'
import type { TestBacking } from '@kubesift/testing'
import type { RecordedRequest } from '../scenario.ts'

const PARTITIONS = 12

interface Request {
  resourceLogs: { resource: { attributes?: unknown[] } }[]
}

/** A recorded request as it would have come from the cluster of this name. */
const asCluster = (line: string, cluster: string): Request => {
  const request = JSON.parse(line) as Request
  for (const rl of request.resourceLogs) {
    rl.resource.attributes = [
      ...(rl.resource.attributes ?? []),
      { key: 'k8s.cluster.name', value: { stringValue: cluster } },
    ]
  }
  return request
}

/** Writes to `otel-logs` as the gateway does: protobuf export requests, in any partition. */
export class Sender {
  readonly #producer: Producer
  #turn = 0

  constructor(backing: TestBacking) {
    const kafka = createKafka({
      brokers: backing.kafkaBrokers.split(','),
      clientId: 'e2e',
      topicPrefix: backing.topicPrefix,
    })
    this.#producer = createProducer(kafka)
  }

  async send(
    cluster: string,
    requests: readonly RecordedRequest[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    for (let from = 0; from < requests.length; from += 200) {
      const records = requests.slice(from, from + 200).map(({ line }) => ({
        value: encodeLogs(asCluster(line, cluster)),
        partition: this.#turn++ % PARTITIONS,
        headers,
      }))
      await this.#producer.publishRaw(OTEL_LOGS, records)
    }
  }

  /** Bytes that nobody can read. */
  async sendRaw(value: Uint8Array): Promise<void> {
    await this.#producer.publishRaw(OTEL_LOGS, [{ value, partition: this.#turn++ % PARTITIONS }])
  }

  close(): Promise<void> {
    return this.#producer.disconnect()
  }
}
