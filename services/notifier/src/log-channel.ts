import type { Log } from '@kubesift/adapter-kafka'
import type { Channel } from '@kubesift/core-notice'

/** The channel that needs nothing: notices become log lines, so that they can be seen before any receiver is set up. */
export const logChannel = (log: Log): Channel => ({
  name: 'log',
  send: ({ key, text, traceparent }) => {
    log.info({ notice: key, ...(traceparent === undefined ? {} : { traceparent }) }, text)
    return Promise.resolve({ outcome: 'delivered' })
  },
})
