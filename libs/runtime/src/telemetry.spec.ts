import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { startTelemetry } from './telemetry.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

afterEach(() => {
  context.disable()
  propagation.disable()
  trace.disable()
})

test('without an endpoint nothing is exported, and trace context still crosses', async () => {
  const telemetry = await startTelemetry('svc', {})
  expect(telemetry.exporting).toBe(false)
  const incoming = propagation.extract(ROOT_CONTEXT, { traceparent })
  const outgoing: Record<string, string> = {}
  await context.with(incoming, async () => {
    await Promise.resolve()
    propagation.inject(context.active(), outgoing)
  })
  expect(outgoing['traceparent']).toBe(traceparent)
  await telemetry.shutdown()
})
