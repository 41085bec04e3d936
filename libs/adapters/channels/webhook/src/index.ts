export { webhookSecretFault, webhookUrlFault } from './settings.ts'
export { webhookChannel, type WebhookOptions } from './webhook-channel.ts'
