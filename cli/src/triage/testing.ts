import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadCatalogue, loadKnowns } from '@kubesift/adapter-rules'
import type { IgnoreRules } from '@kubesift/core-context'
import type { Rejection } from './intake.ts'
import { triageOutput, type TriageOutput } from './output.ts'
import { triage, type TriageInput } from './triage.ts'

const root = new URL('../../../', import.meta.url)
export const pathOf = (name: string): string => fileURLToPath(new URL(name, root))
export const catalogue = loadCatalogue(pathOf('rules/problems'))
export const knowns = loadKnowns(pathOf('rules/knowns'))

export const of = (name: string, content: string | Uint8Array): TriageInput => ({
  name,
  bytes: async function* () {
    yield typeof content === 'string' ? Buffer.from(content) : content
  },
})
export const recorded = (file: string): TriageInput =>
  of(file, readFileSync(pathOf(`e2e/recordings/${file}`)))

export const run = async (
  inputs: readonly TriageInput[],
  more: {
    readonly now?: number
    readonly ignores?: IgnoreRules
    readonly onRejected?: (rejection: Rejection) => void
  } = {},
): Promise<TriageOutput> => {
  const triaged = await triage(inputs, {
    catalogue,
    knowns,
    cluster: 'local',
    clock: () => Date.UTC(2030, 0, 1),
    onRejected: () => undefined,
    ...more,
  })
  if (!triaged.ok) throw new Error(triaged.rejection.why)
  return triageOutput.parse(triaged.output)
}

export const event = (name: string, more: object = {}): object => ({
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name, namespace: 'shop', uid: name },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'checkout-58f76dcc9-bcdfg', uid: 'p' },
  reason: 'BackOff',
  type: 'Warning',
  message: 'Back-off restarting failed container checkout in pod checkout-58f76dcc9-bcdfg_shop(p)',
  count: 7,
  firstTimestamp: '2026-11-21T01:00:00Z',
  lastTimestamp: '2026-11-21T01:05:00Z',
  source: { component: 'kubelet', host: 'worker-1' },
  ...more,
})
export const list = (...items: unknown[]): string =>
  JSON.stringify({ apiVersion: 'v1', items, kind: 'List' })
