import type { MetricRule, MetricSignal } from '@kubesift/contracts'
import { contentId } from '../hash.ts'
import type { At } from '../kube-event.ts'
import { compact } from '../pick.ts'
import type { Crossing } from './crossings.ts'
import type { MetricRecord } from './metric-record.ts'
import type { Sample } from './samples.ts'

/** Which receiver a metric came from, by its scope, else by its name. */
export type MetricSource = 'httpcheck' | 'k8s_cluster' | 'kubeletstats' | 'metrics'

const RECEIVERS: readonly (readonly [scope: RegExp, source: MetricSource])[] = [
  [/httpcheckreceiver$/, 'httpcheck'],
  [/k8sclusterreceiver$/, 'k8s_cluster'],
  [/kubeletstatsreceiver$/, 'kubeletstats'],
]

export const metricSourceOf = ({
  scope,
  name,
}: Pick<MetricRecord, 'scope' | 'name'>): MetricSource =>
  RECEIVERS.find(([receiver]) => receiver.test(scope.name))?.[1] ??
  (name.startsWith('httpcheck.') ? 'httpcheck' : 'metrics')

/** The name under which a rule and a thing are known for ever. */
const idOf = ({ key }: Sample): string => contentId(`metric ${key}`)

/** One crossing as a signal. */
export const metricSignal = (
  sample: Sample,
  { breach, since, at: measuredAt }: Crossing,
  { source, at }: { readonly source: MetricSource; readonly at: At },
): MetricSignal => ({
  t: 'metric',
  offsets: [at.offset],
  repeats: 1,
  at: measuredAt,
  breach,
  since,
  metric: compact({
    id: idOf(sample),
    rule: ruleName(sample.rule),
    source,
    involved: sample.about.involved,
    container: sample.about.container,
    message: textOf(sample),
  }),
})

const ruleName = ({ name }: MetricRule): string => name

const textOf = ({ about, message }: Sample): string =>
  about.at === undefined
    ? about.container === undefined
      ? message
      : `container ${about.container}: ${message}`
    : `${about.at}: ${message}`
