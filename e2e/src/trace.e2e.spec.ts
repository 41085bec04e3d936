import { testBacking } from '@kubesift/testing'
import { expect, test, vi } from 'vitest'
import { startPipeline, untilReady } from './pipeline/processes.ts'
import { traceReceiver, webhookReceiver } from './pipeline/receivers.ts'
import { Sender } from './pipeline/sender.ts'
import { requestsOf } from './scenario.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`

test('one trace runs from the OTLP record to the webhook delivery', async () => {
  await using backing = await testBacking()
  const traces = await traceReceiver()
  const webhook = await webhookReceiver()
  const pipeline = await startPipeline(backing, {
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    WEBHOOK_URL: webhook.url,
    WEBHOOK_SECRET: SECRET,
    SETTLE_MS: '0',
    SETTLE_P1_MS: '0',
  })
  const sender = new Sender(backing)
  try {
    await Promise.all(Object.values(pipeline.stages).map((stage) => untilReady(stage)))
    // The last version of a back-off in the recording: its count and times alone open the incident.
    const backOff = requestsOf('crashloop-bad-rollout').findLast(
      (r) => r.stream === 'objects' && r.line.includes('Back-off restarting failed'),
    )!
    // As a Collector with tracing on writes it: the record carries the trace that it is part of.
    await sender.send('traced', [backOff], { traceparent: `00-${TRACE}-b7ad6b7169203331-01` })
    await vi.waitFor(() => expect(webhook.deliveries.length).toBeGreaterThan(0), {
      timeout: 60_000,
      interval: 200,
    })
    expect(webhook.deliveries[0]!.headers['traceparent']).toMatch(
      new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`),
    )
    expect(webhook.deliveries[0]!.body).toContain('Deployment')
    await vi.waitFor(
      () => {
        const services = new Set(
          traces.spans.filter((s) => s.traceId === TRACE).map((s) => s.service),
        )
        expect([...services].sort()).toEqual([
          'ai-analyst',
          'context-builder',
          'incident-store',
          'notifier',
        ])
      },
      { timeout: 30_000, interval: 200 },
    )
  } finally {
    await sender.close()
    await pipeline.stop()
    traces.close()
    webhook.close()
  }
})
