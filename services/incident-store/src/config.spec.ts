import { loadConfig } from '@kubesift/runtime'
import { expect, test } from 'vitest'
import { configSchema } from './config.ts'

const good = { KAFKA_BROKERS: '127.0.0.1:9092', DATABASE_URL: 'postgres://k@127.0.0.1/k' }

test('two settings are enough', () => {
  expect(loadConfig(configSchema, good)).toMatchObject({
    KAFKA_GROUP_ID: 'incident-store',
    GRPC_URL: '127.0.0.1:50051',
    BATCH_MAX: 500,
  })
})

test('every fault is named at once', () => {
  const bad = { ...good, DATABASE_URL: 'mysql://k', GRPC_URL: '50051', BATCH_MAX: '0' }
  expect(() => loadConfig(configSchema, bad)).toThrow(/DATABASE_URL[^]*GRPC_URL[^]*BATCH_MAX/)
})
