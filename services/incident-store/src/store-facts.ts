import { metrics } from '@opentelemetry/api'
import type { Applied } from '@kubesift/adapter-postgres'

const meter = metrics.getMeter('kubesift.incident-store')

const changed = meter.createCounter('kubesift.store.incidents_changed', {
  unit: '{change}',
  description: 'New revisions of incidents.',
})
const dropped = meter.createCounter('kubesift.store.inputs_dropped', {
  unit: '{record}',
  description: 'Contexts and analyses that were not newer than what is stored.',
})
const relayed = meter.createCounter('kubesift.store.outbox_relayed', {
  unit: '{message}',
  description: 'Outbox messages published and marked.',
})
const refused = meter.createCounter('kubesift.store.outbox_refused', {
  unit: '{message}',
  description: 'Outbox messages that their topic can never take; the healthy count is zero.',
})

/** What this service tells of itself in numbers. */
export const storeFacts = {
  applied: (topic: string, result: Applied): void => {
    changed.add(result.changed, { topic })
    dropped.add(result.dropped, { topic })
  },
  relayed: (count: number): void => relayed.add(count),
  refused: (topic: string): void => refused.add(1, { topic }),
}
