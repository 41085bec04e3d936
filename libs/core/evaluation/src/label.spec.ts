import { describe, expect, test } from 'vitest'
import {
  entityOf,
  expectationOfGrouping,
  expectationOfLabel,
  parseGrouping,
  parseLabel,
} from './label.ts'

const warning = (uid: string, object: string, reason = 'BackOff') => ({ uid, object, reason })

// Every form in which the public labels name what is to blame.
test.each([
  ['Deployment/app-04/nginx', 'app-04/Deployment/nginx'],
  ['Deployment/-/customer-relations-webapp', '*/Deployment/customer-relations-webapp'],
  ['Job/oom-kill-job3', '*/Job/oom-kill-job3'],
  ['payments-api-7f9dd8b6c4-x7gr9', '*/Pod/payments-api-7f9dd8b6c4-x7gr9'],
  ['ConfigMap/ns/app-config (missing) -> Deployment/ns/app-server', 'ns/Deployment/app-server'],
  ['NetworkPolicy/namespace-84/backend-*', 'namespace-84/NetworkPolicy/backend-*'],
  ['see expected_output', undefined],
  ['cluster-wide', undefined],
  ['StatefulSet', undefined],
  ['Pod/Deployment', undefined],
  ['None', undefined],
])('%s names %s', (text, entity) => {
  expect(entityOf(text)).toBe(entity)
})

describe('a label.json', () => {
  const label = parseLabel({
    id: 'x',
    faulty_entity: 'Deployment/shop/cart',
    cause_class: 'image-pull',
    severity: 'P2',
  })

  test('expects one incident of what it names, and its Warnings to be filed there', () => {
    const of = expectationOfLabel(label, [warning('1', 'shop/Pod/cart-6b9-abcde', 'Failed')])
    expect(of).toMatchObject({
      ok: true,
      expectation: {
        groups: [
          {
            id: 'x',
            owners: ['shop/Deployment/cart'],
            problems: ['ImagePull'],
            severities: ['P2'],
          },
        ],
        owned: [{ owner: 'shop/Deployment/cart', reason: 'Failed' }],
      },
    })
  })

  test('with nothing of it among the Warnings is not judged by', () => {
    expect(expectationOfLabel(label, [warning('1', 'shop/Pod/other-1')])).toEqual({
      ok: false,
      why: expect.stringContaining('none of its Events'),
    })
  })

  test('that names nobody is not judged by', () => {
    const prose = parseLabel({ id: 'x', faulty_entity: 'see expected_output' })
    expect(expectationOfLabel(prose, [warning('1', 'a/Pod/b')])).toMatchObject({ ok: false })
    expect(expectationOfLabel(parseLabel({ id: 'x', faulty_entity: null }), [])).toMatchObject({
      ok: false,
    })
  })

  test.each(['healthy', 'install-noise'])(
    'of class %s expects nothing open at the end',
    (cause) => {
      const healthy = parseLabel({ id: 'x', faulty_entity: ['a-1'], cause_class: cause })
      expect(expectationOfLabel(healthy, [])).toMatchObject({
        ok: true,
        expectation: { groups: [], nothing: 'at-the-end' },
      })
    },
  )

  test('that is none is refused in words', () => {
    expect(() => parseLabel([])).toThrow(/not a label\.json/)
  })
})

describe('an expected_grouping.json', () => {
  const grouping = parseGrouping({
    incidents: [
      {
        incident: 'a',
        cause_class: 'image-pull',
        faulty_entity: 'Deployment/a',
        event_uids: ['1', '2'],
      },
      { incident: 'b', cause_class: null, faulty_entity: 'Pod/b', event_uids: ['3'] },
      { incident: 'c', faulty_entity: 'Job/c', event_uids: ['4'], is_incident: false },
      { incident: 'd', faulty_entity: 'Job/d', event_uids: ['not in the data'] },
    ],
  })

  test('expects an incident per part that its UIDs are in the data of', () => {
    const of = expectationOfGrouping(grouping, [
      warning('1', 'shop/Pod/a-1', 'Failed'),
      warning('2', 'shop/Pod/a-1', 'Failed'),
      warning('3', 'shop/Pod/b'),
    ])
    expect(of).toMatchObject({
      ok: true,
      expectation: {
        groups: [
          { id: 'a', owners: ['*/Deployment/a'], objects: [] },
          { id: 'b', owners: ['*/Pod/b'], objects: ['*/Pod/b'], problems: null },
        ],
        owned: [{ owner: 'shop/Deployment/a', reason: 'Failed' }],
      },
    })
  })

  test('of which nothing is in the data is not judged by', () => {
    expect(expectationOfGrouping(grouping, [])).toMatchObject({ ok: false })
  })
})
