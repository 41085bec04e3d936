import { deadLetterTopicOf, dlqHeaders, otelTopics } from '@kubesift/contracts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { asyncApi } from './asyncapi.ts'
import { root, textOf } from './pages.ts'
import { fileOf, topics } from './topic-schemas.ts'

const FILE = 'docs/contracts/asyncapi.yaml'
const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')))

const made = stringify(asyncApi(version), { aliasDuplicateObjects: false, lineWidth: 0 })

it('is published as the contracts have it (vitest -u writes it)', async () => {
  const head =
    '# Made from libs/contracts by tools/docs/asyncapi.spec.ts; do not edit it by hand.\n'
  const options = await resolveConfig(join(root, FILE))
  await expect(await format(head + made, { ...options, parser: 'yaml' })).toMatchFileSnapshot(
    join(root, FILE),
  )
})

/**
 * The essentials of AsyncAPI 3.0.0 for what is in here. The official parser agrees (@asyncapi/parser 3.6.6, run by hand); it brings 168
 * packages, which is more than a check of one file is worth.
 */
const Ref = z.strictObject({ $ref: z.string() })
const Bound = z.object({ kafka: z.looseObject({ bindingVersion: z.string() }) })
const Document = z.strictObject({
  asyncapi: z.literal('3.0.0'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  defaultContentType: z.string(),
  channels: z.record(
    z.string(),
    z.strictObject({
      address: z.string(),
      description: z.string().optional(),
      parameters: z.record(
        z.string(),
        z.union([Ref, z.strictObject({ description: z.string(), enum: z.array(z.string()) })]),
      ),
      messages: z.record(z.string(), Ref),
      bindings: Bound,
    }),
  ),
  operations: z.record(
    z.string(),
    z.strictObject({ action: z.enum(['send', 'receive']), channel: Ref }),
  ),
  components: z.strictObject({
    parameters: z.record(
      z.string(),
      z.strictObject({ description: z.string(), default: z.string() }),
    ),
    schemas: z.record(z.string(), z.looseObject({})),
    messages: z.record(
      z.string(),
      z.strictObject({
        name: z.string(),
        summary: z.string().optional(),
        description: z.string().optional(),
        contentType: z.string().optional(),
        headers: z.looseObject({}).optional(),
        payload: Ref.optional(),
        bindings: Bound.optional(),
        externalDocs: z.strictObject({ url: z.url() }).optional(),
      }),
    ),
  }),
})

/** Every `$ref` in the document. */
const refsOf = (node: unknown): readonly string[] => {
  if (typeof node !== 'object' || node === null) return []
  const own = '$ref' in node && typeof node.$ref === 'string' ? [node.$ref] : []
  return [...own, ...Object.values(node).flatMap(refsOf)]
}

const found = (document: unknown, ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined,
      document,
    )

describe('the document', () => {
  const document: unknown = parse(made)
  const api = Document.parse(document)

  it('has no reference that leads nowhere', () => {
    const refs = refsOf(document)
    expect(refs.length).toBeGreaterThan(20)
    for (const ref of refs) {
      if (ref.startsWith('#/')) expect(found(document, ref), ref).toBeDefined()
      else expect(existsSync(join(root, 'docs/contracts', ref)), ref).toBe(true)
    }
  })

  it('describes every topic: who sends it, its key, and its message by its own schema', () => {
    expect(Object.keys(api.channels)).toEqual([
      ...otelTopics,
      ...topics.map(({ topic }) => topic),
      'deadLetters',
    ])
    for (const topic of topics) {
      const channel = api.channels[topic.topic]
      const [message] = Object.keys(channel?.messages ?? {})
      expect(api.components.messages[message ?? '']).toMatchObject({
        name: topic.type,
        payload: { $ref: `./${fileOf(topic)}` },
        bindings: { kafka: { key: { type: 'string' } } },
      })
      expect(channel?.bindings.kafka).toMatchObject({ partitions: topic.policy.partitions })
      expect(api.operations[`send-${topic.topic}`]?.channel.$ref).toBe(`#/channels/${topic.topic}`)
    }
  })

  it('has a parameter for each part of an address that varies', () => {
    for (const { address, parameters } of Object.values(api.channels)) {
      const named = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(Object.keys(parameters).toSorted()).toEqual(named.toSorted())
    }
  })

  it('names every header of a dead letter', () => {
    expect(api.channels['deadLetters']?.address).toBe(`{prefix}${deadLetterTopicOf('{topic}')}`)
    const named = ['deadLetter', 'replayMark'].flatMap((name) =>
      Object.keys(
        z
          .record(z.string(), z.unknown())
          .parse(api.components.messages[name]?.headers?.['properties']),
      ),
    )
    expect([...new Set(named)].toSorted()).toEqual(Object.values(dlqHeaders).toSorted())
  })
})
