import { loadConfig } from '@kubesift/runtime'
import { expect, it } from 'vitest'
import { configSchema } from './config.ts'

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const base = { KAFKA_BROKERS: '127.0.0.1:9092', DATABASE_URL: 'postgres://u@127.0.0.1/k' }

it('needs no more than Kafka and Postgres, and logs', () => {
  expect(loadConfig(configSchema, base)).toMatchObject({
    NOTIFY_CHANNELS: ['log'],
    SETTLE_MS: 30_000,
    SETTLE_P1_MS: 10_000,
  })
})

it('sends to a webhook that is set, unless the channels say otherwise', () => {
  const webhook = { ...base, WEBHOOK_URL: 'http://127.0.0.1:1/h', WEBHOOK_SECRET: secret }
  expect(loadConfig(configSchema, webhook).NOTIFY_CHANNELS).toEqual(['log', 'webhook'])
  const only = { ...webhook, NOTIFY_CHANNELS: 'log, log' }
  expect(loadConfig(configSchema, only).NOTIFY_CHANNELS).toEqual(['log'])
})

it('lowers the settle time of P1 with that of the others', () => {
  expect(loadConfig(configSchema, { ...base, SETTLE_MS: '0' }).SETTLE_P1_MS).toBe(0)
  const own = { ...base, SETTLE_MS: '0', SETTLE_P1_MS: '5' }
  expect(loadConfig(configSchema, own).SETTLE_P1_MS).toBe(5)
})

it('tells every fault at once, those between settings too, and no value', () => {
  const bad = {
    KAFKA_BROKERS: 'nowhere',
    DATABASE_URL: 'mysql://x',
    NOTIFY_CHANNELS: 'webhook',
    WEBHOOK_SECRET: 'hunter2',
    SETTLE_MS: '-1',
  }
  const telling = (): unknown => loadConfig(configSchema, bad)
  for (const name of [...Object.keys(bad).filter((k) => k !== 'NOTIFY_CHANNELS'), 'WEBHOOK_URL']) {
    expect(telling).toThrow(name)
  }
  expect(telling).not.toThrow('hunter2')
})
