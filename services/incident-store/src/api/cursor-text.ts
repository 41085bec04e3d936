import type { Cursor } from '@kubesift/adapter-postgres'
import { GrpcInvalidArgumentException } from '@nestjs/microservices'

const form = /^([0-9a-f-]{36})\.(\d{1,15})$/

/** A cursor as callers keep it. */
export const cursorText = ({ store, seq }: Cursor): string => `${store}.${seq}`

export const readCursor = (text: string): Cursor => {
  const [, store, seq] = form.exec(text) ?? []
  if (store === undefined || seq === undefined) {
    throw new GrpcInvalidArgumentException(
      'cursor: was not given out here; use watch_cursor of a list, or the cursor of a change',
    )
  }
  return { store, seq: Number(seq) }
}
