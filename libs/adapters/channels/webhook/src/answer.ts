import type { Attempt } from '@kubesift/core-notice'
import type { ReadableStreamReadResult } from 'node:stream/web'
import { retryAfterMs } from './retry-after.ts'

const MAX_BODY = 1024

/** The first bytes of an answer, for the record; the rest is not read, whatever its length claims. */
const headOf = async (response: Response): Promise<string> => {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const parts: Uint8Array[] = []
  let size = 0
  while (size < MAX_BODY) {
    const read: ReadableStreamReadResult<Uint8Array> = await reader.read()
    if (read.done) break
    parts.push(read.value)
    size += read.value.byteLength
  }
  await reader.cancel()
  const text = Buffer.concat(parts).subarray(0, MAX_BODY).toString('utf8')
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}

/** Time-outs, conflicts of the moment and overload pass; every other 4xx is our mistake or a refusal. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429])

/** What an answer means for the delivery. A redirect is a refusal: a signed body goes where it was sent to, or nowhere. */
export const attemptOf = async (response: Response, now: number): Promise<Attempt> => {
  const { status } = response
  if (status >= 200 && status < 300) {
    await response.body?.cancel()
    return { outcome: 'delivered' }
  }
  if (status >= 300 && status < 400) {
    await response.body?.cancel()
    return {
      outcome: 'refused',
      why: `HTTP ${status}: redirects are not followed; set the final WEBHOOK_URL`,
    }
  }
  const afterMs = retryAfterMs(response.headers.get('retry-after'), now)
  const head = await headOf(response)
  const why = head === '' ? `HTTP ${status}` : `HTTP ${status}: ${head}`
  return status >= 500 || PASSING.has(status)
    ? { outcome: 'again', why, afterMs }
    : { outcome: 'refused', why }
}
