import { kafkaEnv } from '@kubesift/adapter-kafka'
import { webhookSecretFault, webhookUrlFault } from '@kubesift/adapter-channel-webhook'
import { SETTLE } from '@kubesift/core-notice'
import { runtimeEnv } from '@kubesift/runtime'
import { z } from 'zod'

export const channelNames = ['log', 'webhook'] as const
export type ChannelName = (typeof channelNames)[number]

const channels = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((part) => part.trim()))])
  .pipe(z.array(z.enum(channelNames)))

/** A text whose fault, if any, is told in the words of the adapter that will use it. */
const checked = (faultOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, ctx) => {
    const message = faultOf(text)
    if (message !== undefined) ctx.addIssue({ code: 'custom', message })
  })

const milliseconds = z.coerce.number().int().min(0).max(86_400_000)

const shape = z.object({
  ...runtimeEnv,
  ...kafkaEnv,
  KAFKA_GROUP_ID: z.string().min(1).default('notifier'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL_MAX: z.coerce.number().int().min(2).max(100).default(6),
  /** Default: `log`, and `webhook` where WEBHOOK_URL is set. */
  NOTIFY_CHANNELS: channels.optional(),
  WEBHOOK_URL: checked(webhookUrlFault).optional(),
  WEBHOOK_SECRET: checked(webhookSecretFault).optional(),
  WEBHOOK_TIMEOUT_MS: z.coerce.number().int().min(100).max(30_000).default(10_000),
  WEBHOOK_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(8),
  /** How long a change has to last before it is told. */
  SETTLE_MS: milliseconds.default(SETTLE.other),
  SETTLE_P1_MS: milliseconds.optional(),
})

type Shape = z.output<typeof shape>

const channelsOf = ({ NOTIFY_CHANNELS, WEBHOOK_URL }: Partial<Shape>): readonly ChannelName[] =>
  NOTIFY_CHANNELS ?? (WEBHOOK_URL === undefined ? ['log'] : ['log', 'webhook'])

// `when`: said together with the faults of single settings, not only after those are mended.
const always = { when: () => true }

/** Everything that this service reads from its environment. */
export const configSchema = shape
  .refine(
    (c: Partial<Shape>) => !channelsOf(c).includes('webhook') || c.WEBHOOK_URL !== undefined,
    {
      ...always,
      path: ['WEBHOOK_URL'],
      message: 'is needed for the channel webhook',
    },
  )
  .refine(
    (c: Partial<Shape>) => !channelsOf(c).includes('webhook') || c.WEBHOOK_SECRET !== undefined,
    {
      ...always,
      path: ['WEBHOOK_SECRET'],
      message:
        'is needed for the channel webhook (make one: echo whsec_$(openssl rand -base64 32))',
    },
  )
  .transform((config) => ({
    ...config,
    NOTIFY_CHANNELS: channelsOf(config),
    // Never longer than the others wait: a lowered SETTLE_MS lowers this with it.
    SETTLE_P1_MS: config.SETTLE_P1_MS ?? Math.min(SETTLE.P1, config.SETTLE_MS),
  }))

export type Config = Readonly<z.output<typeof configSchema>>
