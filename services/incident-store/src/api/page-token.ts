import { createHash } from 'node:crypto'
import type { IncidentFilter, PageEnd } from '@kubesift/adapter-postgres'
import { parseJson } from '@kubesift/contracts'
import { GrpcInvalidArgumentException } from '@nestjs/microservices'
import { z } from 'zod'

const token = z.object({
  v: z.literal(1),
  rank: z.int(),
  at: z.number().finite(),
  id: z.uuid(),
  filter: z.string(),
})

const fingerprint = (filter: IncidentFilter): string =>
  createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 12)

/** Where the next page begins; opaque to the caller, and good only for the same filter. */
export const pageTokenOf = (filter: IncidentFilter, end: PageEnd): string => {
  const { severityRank: rank, lastSeenAt: at, id } = end
  const content = { v: 1, rank, at, id, filter: fingerprint(filter) }
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

export const readPageToken = (filter: IncidentFilter, text: string): PageEnd | undefined => {
  if (text === '') return undefined
  const parsed = parseJson(token, Buffer.from(text, 'base64url').toString('utf8'))
  if (!parsed.ok) throw new GrpcInvalidArgumentException('page_token: was not given out here')
  const { rank, at, id, filter: of } = parsed.value
  if (of !== fingerprint(filter)) {
    throw new GrpcInvalidArgumentException(
      'page_token: belongs to another filter; keep the filter, or begin without a token',
    )
  }
  return { severityRank: rank, lastSeenAt: at, id }
}
