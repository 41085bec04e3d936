import { PortBook } from '@kubesift/adapter-backing'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartedTestContainer } from 'testcontainers'
import type { SharedBacking } from './urls.ts'

const KAFKA = 'apache/kafka:4.3.1'
const POSTGRES = 'postgres:18.4'
const REDIS = 'redis:8.2'

/** The official images, for whoever has a container engine and sets `KUBESIFT_TEST_BACKEND=testcontainers`. */
export const containerBacking = async (): Promise<SharedBacking> => {
  const started = await Promise.allSettled([kafka(), postgres(), redis()])
  const containers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const stop = async (): Promise<void> => {
    await Promise.all(containers.map(({ container }) => container.stop()))
  }
  const failed = started.find((one) => one.status === 'rejected')
  const [kafkaBrokers, databaseUrl, redisUrl] = containers.map(({ url }) => url)
  if (kafkaBrokers !== undefined && databaseUrl !== undefined && redisUrl !== undefined) {
    return { kafkaBrokers, databaseUrl, redisUrl, stop }
  }
  await stop()
  const why: unknown = failed?.reason
  throw why
}

interface Started {
  readonly container: StartedTestContainer
  readonly url: string
}

/** A broker must advertise the address that clients use, so its host port is chosen before it starts. */
const kafka = async (): Promise<Started> => {
  const { GenericContainer, Wait } = await import('testcontainers')
  const port = await freePort()
  const container = await new GenericContainer(KAFKA)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
  return { container, url: `${container.getHost()}:${port}` }
}

const postgres = async (): Promise<Started> => {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(POSTGRES)
    .withExposedPorts(5432)
    .withEnvironment({
      POSTGRES_USER: 'kubesift',
      POSTGRES_PASSWORD: 'kubesift',
      POSTGRES_DB: 'kubesift',
    })
    // the image starts it twice: once for its own set-up, then for good
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  const at = `${container.getHost()}:${container.getMappedPort(5432)}`
  return { container, url: `postgres://kubesift:kubesift@${at}/kubesift` }
}

const redis = async (): Promise<Started> => {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(REDIS)
    .withExposedPorts(6379)
    .withCommand(['redis-server', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start()
  return { container, url: `redis://${container.getHost()}:${container.getMappedPort(6379)}` }
}

const freePort = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'kubesift-port-'))
  try {
    return await new PortBook(folder, {}).claim('kafka')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
