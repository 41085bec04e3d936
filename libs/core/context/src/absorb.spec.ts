import { expect, test } from 'vitest'
import { NamespaceMachine } from './machine.ts'
import { AT, classifier, occurred, SOURCE } from './retirement.spec-helper.ts'

test('of two problems that take each other in and open at one moment, one alone takes the other: nothing vanishes between them', () => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  const event = (reason: string, uid: string) =>
    occurred(AT, { reason, object: 'Deployment/web', uid, n: 1, firstAt: AT })
  const told = [event('Crash', 'a'), event('Crash', 'b'), event('Pull', 'c')].flatMap((each, i) => {
    machine.apply(each.signal(i), SOURCE)
    return machine.settle(null, []).contexts
  })
  expect(told.map(({ key, occurrenceCount, movedTo }) => [key, occurrenceCount, movedTo])).toEqual([
    ['c/n/Deployment/web/Crash', 2, undefined],
    ['c/n/Deployment/web/Crash', 3, undefined],
  ])
})
