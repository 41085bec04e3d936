import { incidentStatuses, severities, type IncidentStatus } from '@kubesift/contracts'
import type { IncidentFilter } from '@kubesift/adapter-postgres'
import { GrpcInvalidArgumentException } from '@nestjs/microservices'
import { z } from 'zod'

const DEFAULT_PAGE = 50
const MAX_PAGE = 1000

const status = z
  .enum(
    incidentStatuses.map((s) => s.toUpperCase()),
    { message: 'is not a status' },
  )
  .transform((s) => s.toLowerCase() as IncidentStatus)

const term = z.string().max(512)

const listRequest = z.object({
  pageSize: z.number().int().min(0).max(MAX_PAGE),
  pageToken: z.string().max(1024),
  statuses: z.array(status),
  severities: z.array(z.enum(severities, { message: 'is not a severity' })),
  cluster: term,
  namespace: term,
  problem: term,
  text: term,
})

const getRequest = z.object({
  id: z
    .string()
    .toLowerCase()
    .refine((id) => /^[0-9a-f]{8,32}$/.test(id.replaceAll('-', '')), {
      message: 'expected an incident id, or its first eight or more characters',
    }),
})

const watchRequest = z.object({ cursor: z.string().max(128) })

const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)

/** A request that breaks its rules is answered with the field and the reason. */
const read =
  <T>(schema: z.ZodType<T>) =>
  (request: unknown): T => {
    const parsed = schema.safeParse(request)
    if (parsed.success) return parsed.data
    const faults = parsed.error.issues.map(
      (i) => `${i.path.map((p) => snake(String(p))).join('.')}: ${i.message}`,
    )
    throw new GrpcInvalidArgumentException(faults.join('; '))
  }

/** What a list call asks for. */
export interface ListQuery {
  readonly pageSize: number
  readonly pageToken: string
  readonly filter: IncidentFilter
}

export const readListRequest = (request: unknown): ListQuery => {
  const { pageSize, pageToken, ...filter } = read(listRequest)(request)
  return { pageSize: pageSize === 0 ? DEFAULT_PAGE : pageSize, pageToken, filter }
}

export const readGetRequest = read(getRequest)
export const readWatchRequest = read(watchRequest)
