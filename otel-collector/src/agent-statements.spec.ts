import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { withStatements } from './agent-statements.ts'
import { collectorFile } from './build-collector.ts'

const config = readFileSync(collectorFile('agent', 'config.yaml'), 'utf8')
const Watched = z.object({
  receivers: z.record(
    z.string(),
    z.object({
      objects: z.array(z.object({ name: z.string(), group: z.string().default('') })).default([]),
    }),
  ),
})
const Rbac = z.object({
  kind: z.string(),
  rules: z
    .array(
      z.object({
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        verbs: z.array(z.string()),
      }),
    )
    .default([]),
})

describe('agent/config.yaml', () => {
  it('holds what src/redaction.ts says (else run src/write-agent-config.ts)', () => {
    expect(withStatements(config)).toBe(config)
  })

  it('asks for no Secrets', () => {
    const { receivers } = Watched.parse(parse(config))
    const names = Object.values(receivers).flatMap(({ objects }) => objects.map(({ name }) => name))
    expect(names).toContain('pods')
    expect(names).not.toContain('secrets')
  })

  it('is allowed by rbac.yaml to read exactly what it reads', () => {
    const { receivers } = Watched.parse(parse(config))
    const read = Object.values(receivers).flatMap(({ objects }) =>
      objects.map(({ group, name }) => `${group}/${name}`),
    )
    const documents = readFileSync(collectorFile('agent', 'rbac.yaml'), 'utf8').split(/^---$/m)
    const rules = documents
      .map((text) => Rbac.parse(parse(text)))
      .filter(({ kind }) => kind === 'ClusterRole')
      .flatMap((role) => role.rules)
    expect(rules.every(({ verbs }) => verbs.join() === 'get,list,watch')).toBe(true)
    const allowed = rules.flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
    )
    expect([...allowed].sort()).toEqual([...new Set(read)].sort())
  })
})
