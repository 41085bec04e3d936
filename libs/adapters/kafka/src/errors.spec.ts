import { ContractViolation, DependencyUnavailable, nextStep } from '@kubesift/contracts'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { asFailure, KafkaRefused } from './errors.ts'

const {
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
} = kafkajs

test('a broker that is away is waited for, however kafkajs calls it', () => {
  const away = new KafkaJSConnectionError('Connection error: ECONNREFUSED')
  const wrapped = new KafkaJSNumberOfRetriesExceeded(away, { retryCount: 4, retryTime: 100 })
  for (const error of [
    away,
    wrapped,
    new KafkaJSNonRetriableError('Timeout while acquiring lock'),
  ]) {
    expect(asFailure(error, 'reading')).toBeInstanceOf(DependencyUnavailable)
  }
})

test('a refusal ends the process, also when it is wrapped', () => {
  const denied = Object.assign(new KafkaJSError('denied'), { type: 'GROUP_AUTHORIZATION_FAILED' })
  expect(asFailure(denied, 'reading')).toBeInstanceOf(KafkaRefused)
  const wrapped = new KafkaJSNumberOfRetriesExceeded(denied, { retryCount: 1, retryTime: 1 })
  expect(nextStep(asFailure(wrapped, 'reading'))).toBe('crash')
})

test('a bug is not taken for an outage, also when kafkajs wraps it', () => {
  const bug = new TypeError('x is not a function')
  expect(asFailure(bug, 'reading')).toBe(bug)
  const wrapped = Object.assign(new KafkaJSNonRetriableError(bug.message), { cause: bug })
  expect(nextStep(asFailure(wrapped, 'reading'))).toBe('crash')
})

test('a failure of ours stays what it is', () => {
  const ours = new ContractViolation('no')
  expect(asFailure(ours, 'reading')).toBe(ours)
})

test('a broker that was there and is not connected now is away, though kafkajs throws a bare Error for it', () => {
  const failure = asFailure(new Error('Broker not connected'), 'asking')
  expect(nextStep(failure)).toBe('retry')
  expect(nextStep(asFailure(new Error('anything else'), 'asking'))).toBe('crash')
})
