import type { Analysis } from '@kubesift/contracts'
import { metrics } from '@opentelemetry/api'

const meter = metrics.getMeter('kubesift.ai-analyst')
const looked = meter.createCounter('kubesift.analyst.incidents', {
  unit: '{incident}',
  description: 'Incident documents looked at.',
})
const published = meter.createCounter('kubesift.analyst.analyses', {
  unit: '{analysis}',
  description: 'Analyses published, by who made them and whether they name a cause.',
})
const spent = meter.createHistogram('kubesift.analyst.batch_duration', {
  unit: 's',
  description: 'Time that the knowns took for one batch.',
})

/** Everything that the analyst reports of its work. Labels are closed sets. */
export const facts = {
  looked: (n: number, seconds: number): void => {
    looked.add(n)
    spent.record(seconds)
  },
  published: ({ by, cause }: Analysis): void => published.add(1, { by, sure: cause !== 'unknown' }),
}
