import { Webhook } from 'standardwebhooks'

/** What is wrong with a webhook URL, or undefined. */
export const webhookUrlFault = (text: string): string | undefined => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return 'is not an http(s) URL'
  return url.username !== '' || url.password !== ''
    ? 'holds a user name or password; authenticate by the signature instead'
    : undefined
}

/** What is wrong with a secret, or undefined. */
export const webhookSecretFault = (secret: string): string | undefined => {
  const wanted =
    'is not whsec_ and base64 of 24 to 64 bytes (make one: echo whsec_$(openssl rand -base64 32))'
  if (!secret.startsWith('whsec_')) return wanted
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').byteLength
  if (bytes < 24 || bytes > 64) return wanted
  try {
    new Webhook(secret).sign('id', new Date(0), '')
    return undefined
  } catch {
    return wanted // not base64
  }
}
