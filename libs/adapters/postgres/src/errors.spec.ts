import { ContractViolation, DependencyUnavailable } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { asFailure, PostgresRefused } from './errors.ts'

const sqlError = (code: string, message = 'said Postgres'): Error =>
  Object.assign(new Error(message), { code })

test.each([
  ['a refused connection', sqlError('ECONNREFUSED'), DependencyUnavailable],
  [
    'one refused on every address',
    new AggregateError([sqlError('ECONNREFUSED')]),
    DependencyUnavailable,
  ],
  [
    'a connection lost in mid-query',
    new Error('Connection terminated unexpectedly'),
    DependencyUnavailable,
  ],
  [
    'a pool without a free connection',
    new Error('timeout exceeded when trying to connect'),
    DependencyUnavailable,
  ],
  ['a server that starts up', sqlError('57P03'), DependencyUnavailable],
  ['a deadlock', sqlError('40P01'), DependencyUnavailable],
  ['a full disk', sqlError('53100'), DependencyUnavailable],
  ['text that is no JSON to Postgres', sqlError('22P05'), ContractViolation],
  ['a key too long for an index', sqlError('54000'), ContractViolation],
  ['a wrong password', sqlError('28P01'), PostgresRefused],
  ['a missing database', sqlError('3D000'), PostgresRefused],
])('%s', (_, error, kind) => {
  expect(asFailure(error, 'testing')).toBeInstanceOf(kind)
})

test('a bug stays a bug', () => {
  const error = sqlError('42601', 'syntax error')
  expect(asFailure(error, 'testing')).toBe(error)
})
