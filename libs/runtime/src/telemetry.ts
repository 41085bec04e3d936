import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'

/** What was started for this process; `shutdown` sends what is still held. */
export interface Telemetry {
  readonly exporting: boolean
  shutdown(): Promise<void>
}

const endpoints = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
] as const

/**
 * Traces and metrics over OTLP/HTTP when an endpoint is set; else nothing is exported, and trace context still crosses this
 * process, so that a neighbour who exports sees one trace. Call it before anything asks for a tracer or a meter.
 */
export const startTelemetry = async (
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Telemetry> => {
  if (!endpoints.some((endpoint) => (env[endpoint] ?? '') !== '')) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    propagation.setGlobalPropagator(new W3CTraceContextPropagator())
    return { exporting: false, shutdown: () => Promise.resolve() }
  }
  // Only here: the SDK and its exporters cost memory and start-up time.
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  const sdk = new NodeSDK({
    serviceName: name,
    textMapPropagator: new W3CTraceContextPropagator(),
    logRecordProcessors: [],
  })
  sdk.start()
  return { exporting: true, shutdown: () => sdk.shutdown() }
}
