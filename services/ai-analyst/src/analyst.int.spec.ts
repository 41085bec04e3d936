import { consumeBatches, createKafka, createProducer, ensureTopics } from '@kubesift/adapter-kafka'
import { loadKnowns } from '@kubesift/adapter-rules'
import { incidentAnalyses, incidents, type Analysis, type Incident } from '@kubesift/contracts'
import { incidentOf } from '@kubesift/core-notice/testing'
import { testBacking } from '@kubesift/testing'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { Analyst } from './analyst.ts'

const knowns = loadKnowns(fileURLToPath(new URL('../../../rules/knowns', import.meta.url)))

const anIncident = (n: number, changes: Partial<Incident> = {}): Incident => ({
  ...incidentOf({ analysis: null }),
  id: `0c5a1b1e-0000-8000-8000-${String(n).padStart(12, '0')}`,
  ...changes,
})

/** The analyst between real topics, and everything that it has said so far. */
const aRun = async () => {
  const backing = await testBacking()
  const kafka = createKafka({
    brokers: [backing.kafkaBrokers],
    clientId: 'analyst-test',
    topicPrefix: backing.topicPrefix,
    sessionTimeoutMs: 6_000,
  })
  const producer = createProducer(kafka)
  await ensureTopics(kafka, [incidents, incidentAnalyses])
  const stop = new AbortController()
  const heard: { analysis: Analysis; traceparent: string | undefined }[] = []
  const running = [
    new Analyst({ kafka, producer, knowns }).run(stop.signal),
    consumeBatches({
      kafka,
      topic: incidentAnalyses,
      groupId: 'listen',
      handle: (batch) => {
        for (const { value, traceparent } of batch.records)
          heard.push({ analysis: value, traceparent })
        return Promise.resolve({ through: batch.lastOffset })
      },
    }).run(stop.signal),
  ]
  const until = (n: number) =>
    vi.waitUntil(() => heard.length >= n, { timeout: 30_000, interval: 25 })
  return {
    producer,
    heard,
    until,
    publish: (...documents: Incident[]) => producer.publish(incidents, documents),
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await Promise.all(running)
      await producer.disconnect()
      await backing.dispose()
    },
  }
}

test('an incident gets its analysis, on its own trace', async () => {
  await using run = await aRun()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await run.producer.publish(incidents, [anIncident(1)], { traceparent })
  await run.until(1)
  const [first] = run.heard
  expect(first?.analysis).toMatchObject({
    incidentId: anIncident(1).id,
    rule: 'crash-after-rollout',
    cause: 'bad-rollout',
    by: 'known',
    rulesHash: knowns.hash,
  })
  expect(first?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/)
})

test('the circle with the store ends: its own analysis, coming back with the incident, is not answered', async () => {
  await using run = await aRun()
  const first = anIncident(1)
  await run.publish(first)
  await run.until(1)
  const analysis = run.heard[0]!.analysis
  // As the store would: a new revision, the same context; then a newer context that says the same.
  const context = { ...first.context, version: { epoch: 0, offset: 99 }, occurrenceCount: 500 }
  await run.publish(
    { ...first, revision: 2, analysis },
    { ...first, revision: 3, analysis, context },
  )
  await run.publish(anIncident(1, { revision: 4, analysis }), anIncident(2))
  await run.until(2)
  expect(run.heard.map((h) => h.analysis.incidentId)).toEqual([first.id, anIncident(2).id])
})

test('a record that nobody can read does not hold up the next', async () => {
  await using run = await aRun()
  const poison = Buffer.from('{"id":')
  const parts = Array.from({ length: 12 }, (_, partition) => ({
    key: 'k',
    value: poison,
    partition,
  }))
  await run.producer.publishRaw(incidents.topic, parts)
  await run.publish(anIncident(1))
  await run.until(1)
  expect(run.heard).toHaveLength(1)
})
