import { loadCatalogue } from '@kubesift/adapter-rules'
import { Classifier, eventFact } from '@kubesift/core-context'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { table } from './catalogue-table.ts'

const catalogue = loadCatalogue(new URL('../../rules/problems', import.meta.url).pathname)
const classifier = new Classifier(catalogue)

interface Said {
  readonly reason: string
  readonly type: string
  readonly kind: string
  readonly message: string
  readonly component?: string | undefined
}

const whatIs = ({ reason, type, kind, message, component }: Said): string => {
  const event = {
    uid: `${reason}/${kind}/${message}`,
    involved: { kind, namespace: 'shop', name: 'x' },
    reason,
    type,
    message,
    firstAt: 1,
    ...(component === undefined ? {} : { component }),
  }
  const source = { topic: 'otel-logs', partition: 0 }
  const result = classifier.classify(
    eventFact({ event, tellings: [{ n: 1, at: 1, offset: 0, repeats: 1 }] }, source),
  )
  return result.as === 'problem' ? result.rule.problem : result.as
}

describe('the shipped catalogue', () => {
  it.each(table)('says %s of a %s (%s) %s: %s', (problem, kind, type, reason, message) => {
    expect(whatIs({ reason, type, kind, message })).toBe(problem)
  })

  it('knows every Warning that was recorded of a real cluster', () => {
    const recorded = z
      .array(
        z.object({
          reason: z.string(),
          type: z.string(),
          kind: z.string(),
          examples: z.array(z.string()),
        }),
      )
      .parse(JSON.parse(readFileSync(new URL('reasons-recorded.json', import.meta.url), 'utf8')))
    const warnings = recorded.filter(({ type }) => type === 'Warning')
    expect(warnings.length).toBeGreaterThan(15)
    const unknown = warnings.flatMap((said) =>
      said.examples
        .filter((message) => whatIs({ ...said, message }) === 'Unknown')
        .map((message) => `${said.reason} of a ${said.kind}: ${message}`),
    )
    expect(unknown).toEqual([])
  })

  it('can reach each of its entries: none stands behind one that takes everything of it', () => {
    const shadowed = catalogue.problems.flatMap(({ problem, events }) =>
      events.flatMap(
        ({ reason, type = 'Warning', kind = ['Pod', 'Custom'], message, component }) =>
          message !== undefined
            ? []
            : reason
                .filter((r) => r !== '*')
                .flatMap((r) =>
                  kind.every(
                    (k) =>
                      whatIs({
                        reason: r,
                        type,
                        kind: k,
                        message: '',
                        component: component?.[0],
                      }) !== problem,
                  )
                    ? [`${problem}: ${r}`]
                    : [],
                ),
      ),
    )
    expect(shadowed).toEqual([])
  })
})
