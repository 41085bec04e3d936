import type { Sketch } from './build-context.ts'

/** What happens, the context, and the rule and cause that must come first. */
export type Row = readonly [what: string, sketch: Sketch, rule: string, cause: string]

/** What a kubelet writes for any crash loop. */
export const BACKOFF =
  'BackOff: Back-off restarting failed container app in pod checkout-7d58644cb7-6g5g2_shop(edff26be)'
export const rollout = { kind: 'rollout', fromRevision: '1', toRevision: '2' } as const
export const created = { kind: 'created', summary: 'created' } as const
