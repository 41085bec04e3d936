import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)

const when = z.iso.datetime().transform((text) => Date.parse(text))

const output = z.object({
  incidents: z.array(
    z.object({
      key: z.string(),
      namespace: z.string(),
      resourceKind: z.string(),
      resourceName: z.string(),
      problem: z.string(),
      status: z.string(),
      severity: z.string(),
      occurrenceCount: z.int(),
      countQuality: z.string(),
      firstSeenAt: when,
      lastSeenAt: when,
      hypothesis: z.string().optional(),
      group: z.string(),
      primary: z.string(),
      reasonCounts: z.array(
        z.object({
          reason: z.string(),
          type: z.string(),
          source: z.string(),
          count: z.int(),
          firstAt: when,
          lastAt: when,
        }),
      ),
    }),
  ),
  stats: z.object({
    records: z.int(),
    events: z.int(),
    duplicates: z.int(),
    rejected: z.int(),
    incidents: z.int(),
  }),
})
export type Triaged = z.infer<typeof output>

/** `kubesift triage` as a person runs it: its own process, with no services. */
export const triage = async (
  files: readonly string[],
  args: readonly string[],
): Promise<Triaged> => {
  const main = `${ROOT}cli/src/main.ts`
  const command = [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    main,
    'triage',
    '--format',
    'json',
    ...args,
    ...files,
  ]
  const { stdout } = await run(process.execPath, command, { maxBuffer: 64 * 1024 * 1024 })
  return output.parse(JSON.parse(stdout))
}
