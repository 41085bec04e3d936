import { deadLetterPolicy, otelPolicy, otelTopics } from '@kubesift/contracts'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { root, table, textOf, withSection } from './pages.ts'
import { fileOf, keyInWords, policyInWords, schemaOf, topics } from './topic-schemas.ts'

const PAGE = 'docs/contracts/README.md'

it.each(topics.map((topic) => [topic.topic, topic] as const))(
  'publishes the JSON Schema of %s (vitest -u writes it)',
  async (_, topic) => {
    const text = `${JSON.stringify(schemaOf(topic), null, 2)}\n`
    await expect(text).toMatchFileSnapshot(join(root, 'docs/contracts', fileOf(topic)))
  },
)

it('lists every topic with its key and policy (vitest -u writes the table)', async () => {
  const raw = [
    otelTopics.map((topic) => `\`${topic}\``).join(', '),
    'none relied on',
    'OTLP protobuf or OTLP JSON, as the Collector writes it',
    policyInWords(otelPolicy),
    String(otelPolicy.partitions),
  ]
  const ours = topics.map((topic) => [
    `\`${topic.topic}\``,
    keyInWords(topic),
    `[${topic.type}](${fileOf(topic)})`,
    policyInWords(topic.policy),
    String(topic.policy.partitions),
  ])
  const dead = [
    '`<topic>.dlq`',
    'as the source',
    'the source bytes, with headers that say why',
    policyInWords(deadLetterPolicy),
    String(deadLetterPolicy.partitions),
  ]
  const section = table(['topic', 'key', 'value', 'policy', 'partitions'], [raw, ...ours, dead])
  const page = withSection(textOf(PAGE), 'topics', section)
  const options = await resolveConfig(join(root, PAGE))
  await expect(await format(page, { ...options, parser: 'markdown' })).toMatchFileSnapshot(
    join(root, PAGE),
  )
})
