import { z } from 'zod'
import { instant, severitySchema } from '../shared.ts'
import { DAY_MS, defineTopic, type MessageOf } from '../topic.ts'

export const noticeKinds = ['opened', 'escalated', 'resolved', 'reopened'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** What was told to whom, and what came of it. */
export const notificationSchema = z.object({
  /** The idempotency key of the delivery: group, kind and its ordinal in the life of the group (`deliveryKey` in core-notice). */
  id: z.string(),
  group: z.string(),
  incidentId: z.string(),
  kind: z.enum(noticeKinds),
  severity: severitySchema,
  channel: z.string(),
  status: z.enum(['delivered', 'failed', 'gave_up']),
  attempts: z.int(),
  at: instant,
  error: z.string().optional(),
})

export const notifications = defineTopic({
  topic: 'notifications',
  version: 1,
  type: 'dev.kubesift.notifications.v1',
  schema: notificationSchema,
  keyOf: (n) => n.incidentId,
  idOf: (n) => `${n.id}/${n.channel}/${n.attempts}`,
  policy: { partitions: 3, cleanup: 'delete', retentionMs: 30 * DAY_MS },
})
export type Notification = MessageOf<typeof notifications>
