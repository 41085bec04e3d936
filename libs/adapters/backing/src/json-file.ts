import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { z } from 'zod'

/** The parsed file, or `undefined` when it is missing, cut short or of another shape: a state file is never trusted. */
export const readJsonFile = <T>(path: string, schema: z.ZodType<T>): T | undefined => {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch (why) {
    if (why instanceof SyntaxError || isCode(why, 'ENOENT')) return undefined
    throw why
  }
}

/** Replaces the file in one step, so that a reader or a crash never meets half of it. */
export const writeJsonFile = (path: string, value: unknown): void => {
  const draft = `${path}.${process.pid}.tmp`
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}

export const removeFile = (path: string): void => rmSync(path, { force: true })

export const isCode = (why: unknown, code: string): boolean =>
  why instanceof Error && 'code' in why && why.code === code
