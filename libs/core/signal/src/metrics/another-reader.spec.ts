import { describe, expect, it } from 'vitest'
import { check, MIN, T0 } from './metrics.spec-helper.ts'
import { reader, of, told } from './reader.spec-helper.ts'

describe('another reader', () => {
  const failing = (n = 1) => {
    const read = reader()
    for (let i = 0; i < n; i++) read.read(check(T0, 500, `http://s${i}.shop.svc/`))
    return read.crossings.note()
  }

  it('tells that all is well of what the one before told to be in breach, and of nothing else', () => {
    const next = reader()
    next.crossings.recall(failing())
    expect(told(next.read(check(T0 + MIN, 200, 'http://s0.shop.svc/')))).toEqual([['well', 1, 1]])
    expect(next.read(check(T0 + MIN, 200, 'http://s1.shop.svc/'))).toEqual([])
    expect(next.crossings.note()).toBe('{"breaches":[]}')
  })

  it('hands on what it was told and has not seen yet', () => {
    const next = reader()
    next.crossings.recall(failing())
    expect(next.crossings.note()).toBe(failing())
    next.read(check(T0, 200, 'http://s7.shop.svc/'))
    expect(next.crossings.note()).toBe(failing())
    next.read(check(T0 + 180 * MIN, 200, 'http://s7.shop.svc/'))
    expect(next.crossings.note()).toBe('{"breaches":[]}')
  })

  it.each([
    ['too much to be noted', () => failing(400)],
    ['a note that cannot be read', () => 'nonsense'],
  ])('tells all once: %s', (_, note) => {
    const next = reader()
    const text = note()
    expect(text.length).toBeLessThan(4_096)
    next.crossings.recall(text)
    expect(told(next.read(check(T0, 200, 'http://other.shop.svc/')))).toEqual([['well', 0, 0]])
    expect(next.read(check(T0 + MIN, 200, 'http://other.shop.svc/'))).toEqual([])
  })

  it('that could not publish tells what it told once more', () => {
    const read = reader()
    read.read(check(T0, 500))
    read.crossings.forget()
    expect(told(read.read(check(T0, 500)))).toEqual([['breach', 0, 0]])
    read.crossings.forget()
    expect(told(read.read(check(T0 + MIN, 200)))).toEqual([['well', 1, 1]])
  })

  it('keeps a rise that was told until it knows better', () => {
    const first = reader()
    for (let i = 0; i < 4; i++) first.read([of('k8s.container.restarts', i, T0 + i * MIN)])
    const next = reader()
    next.crossings.recall(first.crossings.note())
    expect(next.read([of('k8s.container.restarts', 3, T0 + 5 * MIN)])).toEqual([])
    expect(told(next.read([of('k8s.container.restarts', 3, T0 + 26 * MIN)]))).toEqual([
      ['well', 26, 26],
    ])
  })
})
