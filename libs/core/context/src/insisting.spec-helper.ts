import type { Catalogue, ObjectSignal, ProblemRule, Signal, SlimObject } from '@kubesift/contracts'

export const AT = Date.UTC(2026, 10, 21, 1)
export const SOURCE = { topic: 'otel-logs', partition: 0 }
export const S = 1000

const problem = (more: Partial<ProblemRule> = {}): ProblemRule => ({
  problem: 'Boom',
  severity: 'P4',
  title: '{owner}',
  events: [{ reason: ['Boom'] }],
  states: [],
  absorbs: [],
  opens: { count: 1 },
  recovery: 'none',
  stability: 60 * S,
  ttl: 3600 * S,
  ...more,
})
export const catalogueOf = (rule: Partial<ProblemRule>): Catalogue => ({
  problems: [problem(rule)],
  ignore: [],
  hash: 'test',
})

/** The pod `name` of the Deployment `web` says it at these seconds. */
export const said = (name: string, seconds: readonly number[], message = 'bang'): Signal[] =>
  seconds.map((s, i) => ({
    t: 'event',
    event: {
      uid: `${name}/${message}/${s}`,
      involved: { kind: 'Pod', namespace: 'n', name: `web-58f76dcc9-${name}` },
      reason: 'Boom',
      type: 'Warning',
      message,
      firstAt: AT + s * S,
    },
    tellings: [{ n: 1, at: AT + s * S, offset: i, repeats: 1 }],
  }))

export const object = (more: Partial<SlimObject>, second: number): ObjectSignal => ({
  t: 'object',
  offsets: [0],
  repeats: 1,
  observedAt: AT + second * S,
  object: {
    kind: 'Node',
    apiVersion: 'v1',
    namespace: 'n',
    name: 'w',
    uid: 'w',
    rv: String(second + 1),
    labels: {},
    annotations: {},
    owners: [],
    ...more,
  },
})
