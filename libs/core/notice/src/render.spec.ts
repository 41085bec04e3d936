import type { Incident } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { renderBody, renderText } from './render.ts'
import { noticeBodySchema, subjectOf, subjectSchema } from './subject.ts'
import { incidentOf } from './testing/build-incident.ts'

it('tells people what, how bad, since when, what changed, what it is and what to do', () => {
  expect(renderText('opened', subjectOf(incidentOf()))).toBe(
    [
      'P2 opened: CrashLoop of shop/Deployment/checkout in lab',
      'checkout keeps crashing',
      'since 2026-11-21T01:00:00Z, 37 times or more (BackOff)',
      'P2 because: base +50: the catalogue says P2',
      'changed: image 1.0.0 -> 1.1.0 by kubectl, 20 seconds before the first symptom',
      'likely (90 %): It crashes since its last change.',
      '  because: BackOff: Back-off restarting failed container',
      '  try (changes the cluster): kubectl -n shop rollout undo deployment/checkout',
      '  do: Ask its team.',
    ].join('\n'),
  )
})

it('tells what the same delivery has broken elsewhere', () => {
  const why = 'the new image app:7 fails in us too: CrashLoop of Deployment shop/checkout'
  const links = [{ to: 'x', cluster: 'us', thing: 'image:app:7', why }]
  expect(renderText('opened', subjectOf(incidentOf({ links })))).toContain(`\nalso: ${why}\n`)
})

it('tells how it ended', () => {
  const resolution = {
    at: 1_795_222_900_000,
    by: 'recovered' as const,
    why: 'all replicas ready for 90 s',
  }
  const text = renderText('resolved', subjectOf(incidentOf({ status: 'resolved', resolution })))
  expect(text.split('\n').slice(0, 2)).toEqual([
    'P2 resolved: CrashLoop of shop/Deployment/checkout in lab',
    'over since 2026-11-21T01:01:40Z: all replicas ready for 90 s',
  ])
})

it('says so when nothing explains it', () => {
  expect(renderText('opened', subjectOf(incidentOf({ analysis: null })))).toContain(
    'not yet explained',
  )
})

it('gives machines a body with the key and instants in RFC 3339', () => {
  const body = renderBody('opened', 'g/opened/0', subjectOf(incidentOf()))
  expect(noticeBodySchema.parse(body)).toEqual(body)
  expect(body).toMatchObject({
    type: 'incident.opened',
    id: 'g/opened/0',
    timestamp: '2026-11-21T01:00:00Z',
  })
  expect(JSON.stringify(body)).not.toContain('traceparent')
})

it('lets no text of the cluster draw on the screen or grow without bound', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constant('\u001b]0;x\u0007\r\n'.repeat(5000)),
    fc.constant('a\u061c\u00ad\u{e0041}b'),
  )
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const base = incidentOf()
      const incident: Incident = {
        ...base,
        title: a,
        resourceName: b,
        reasons: [a, b],
        traceparent: b,
        analysis: { ...base.analysis!, hypothesis: a, recommendations: [{ text: a, command: b }] },
        context: {
          ...base.context,
          evidence: base.context.evidence.map((e) => ({ ...e, text: b })),
        },
      }
      const subject = subjectOf(incident)
      expect(subjectSchema.safeParse(subject).success).toBe(true)
      const text = renderText('opened', subject)
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{DI}]/u)
      expect(text.length).toBeLessThan(10_000)
      expect(JSON.stringify(renderBody('opened', 'k', subject)).length).toBeLessThan(20_000)
    }),
  )
})

it('does not offer a command that it would have to change', () => {
  const base = incidentOf()
  const recommendations = [{ text: 'go', command: 'kubectl get pod \u202ex' }]
  const subject = subjectOf({ ...base, analysis: { ...base.analysis!, recommendations } })
  expect(subject.analysis?.commands).toEqual([{ text: 'go', command: null }])
})
