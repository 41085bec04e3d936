import type { Producer } from '@kubesift/adapter-kafka'
import { ceHeaders, OTEL_LOGS } from '@kubesift/contracts'
import type { Logger, Loop } from '@kubesift/runtime'
import type { IntakeFacts } from '../facts.ts'
import { DOORS } from './doors.ts'
import { IntakeServer } from './intake-server.ts'
import { webhookRecord } from './webhook-record.ts'

export interface IntakeSettings {
  readonly host: string
  readonly port: number
  readonly token: string | undefined
  readonly maxBytes: number
}

export interface Intake {
  readonly loop: Loop
  readonly ready: () => readonly string[]
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.')

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Doors for Alertmanager and OpenCost beside the Collector's: what is posted becomes the same record of `otel-logs`, so that it is replayed like all else. */
export const intake = (
  { host, port, token, maxBytes }: IntakeSettings,
  parts: {
    readonly producer: Producer
    readonly facts: IntakeFacts
    readonly log: Logger
    readonly now: () => number
  },
): Intake => {
  const { producer, facts, log, now } = parts
  const headers = { [ceHeaders.contentType]: 'application/x-protobuf' }
  let listening = false
  const server = new IntakeServer({
    ...(token === undefined ? {} : { token }),
    maxBytes,
    facts,
    publish: (texts, labels) => {
      const seenAt = now()
      const records = texts.map((text) => ({ value: webhookRecord(text, seenAt, labels), headers }))
      return producer.publishRaw(OTEL_LOGS, records)
    },
    failed: (error) => log.error({ err: error }, 'a post could not be written to otel-logs'),
  })
  return {
    loop: async (signal) => {
      const got = await server.listen(host, port)
      listening = true
      for (const { path } of DOORS) log.info(`takes posts at http://${host}:${got}${path}`)
      if (token === undefined && !isLoopback(host))
        log.warn(
          `everybody who reaches ${host}:${got} may post alerts and costs; INTAKE_TOKEN asks for a token`,
        )
      await untilAborted(signal)
      listening = false
      await server.close()
    },
    ready: () => (listening ? [] : ['the intake does not listen yet']),
  }
}
