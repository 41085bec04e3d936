import { expect, test } from 'vitest'
import { Outage, silentLog } from './log.ts'

const recorded = () => {
  const lines: string[] = []
  const keep = (_: object, line: string): void => void lines.push(line)
  return { lines, outage: new Outage({ ...silentLog, info: keep, warn: keep }, 'kafka') }
}

test('one line when it goes away and one when all who missed it have found it again', () => {
  const { lines, outage } = recorded()
  outage.ends('poll')
  outage.begins('ECONNREFUSED', 'poll')
  outage.begins('ECONNRESET', 'session')
  outage.ends('poll')
  expect(outage.why).toBe('ECONNRESET')
  outage.ends('session')
  outage.ends('session')
  expect(outage.why).toBeUndefined()
  expect(lines).toEqual(['kafka: waiting: ECONNREFUSED', 'kafka: back after 0 s'])
})

test('what is forgotten is not said to be back', () => {
  const { lines, outage } = recorded()
  outage.begins('away')
  outage.forget()
  outage.ends()
  expect(outage.why).toBeUndefined()
  expect(lines).toEqual(['kafka: waiting: away'])
})
