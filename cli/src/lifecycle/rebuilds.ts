import { z } from 'zod'
import { duration } from '../frame/duration.ts'
import type { State } from '../frame/state.ts'
import { counted } from '../render/words.ts'

const WITHIN_MS = 3_000

/** A partition whose state Redis had lost, as an assembler tells of it; steps that a later version adds are read, too. */
const rebuildPart = z.object({
  partition: z.number().int(),
  since: z.number().optional(),
  epoch: z.number().int().optional(),
  step: z.string(),
  left: z.number(),
  of: z.number().optional(),
})
export type RebuildPart = z.infer<typeof rebuildPart>

const answer = z.object({ rebuilds: z.array(rebuildPart).optional() })

/** What the services say of it; one that does not answer says nothing here, and the table of units says that. */
export const rebuildsOf = async ({
  units,
}: Pick<State, 'units'>): Promise<readonly RebuildPart[]> => {
  const ports = units.flatMap(({ healthPort }) => healthPort ?? [])
  return (await Promise.all(ports.map(askOne))).flat()
}

const askOne = async (port: number): Promise<readonly RebuildPart[]> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
      signal: AbortSignal.timeout(WITHIN_MS),
    })
    const read = answer.safeParse(await response.json())
    return read.data?.rebuilds ?? []
  } catch {
    return []
  }
}

/** What is left of each step, in the order in which they are taken. */
const LEFT: readonly (readonly [step: string, one: string, todo: string])[] = [
  ['contexts', 'record', 'of incident-contexts to be read'],
  ['beginning', 'namespace', 'to be begun from published contexts'],
  ['records', 'record', 'of signals to be read again'],
  ['publishing', 'namespace', 'to be published again'],
]

const leftText = (parts: readonly RebuildPart[]): string[] =>
  LEFT.flatMap(([step, one, todo]) => {
    const here = parts.filter((part) => part.step === step)
    if (here.length === 0) return []
    // All wait for one reading of what was published.
    const sum = (of: (part: RebuildPart) => number): number =>
      step === 'contexts' ? Math.max(...here.map(of)) : here.reduce((all, p) => all + of(p), 0)
    const left = sum((p) => p.left)
    const total = sum((p) => p.of ?? NaN)
    const share = Number.isNaN(total) ? '' : `${left.toLocaleString('en-US')} of `
    return [`${share}${counted(Number.isNaN(total) ? left : total, one)} left ${todo}`]
  })

const epochText = (
  epoch: number | undefined,
  parts: readonly RebuildPart[],
  now: number,
): string => {
  const open = parts.filter(({ step }) => step !== 'whole')
  const since = Math.min(...open.flatMap((part) => part.since ?? []))
  const time = Number.isFinite(since)
    ? ` for ${duration(now - since)} (since ${new Date(since).toISOString().slice(0, 19)}Z)`
    : ''
  const under = epoch === undefined ? '' : `, under epoch ${epoch}`
  const of = open.length === parts.length ? '' : ` of ${parts.length}`
  const left = [`${counted(open.length, 'partition')}${of} to go`, ...leftText(open)]
  return `state that Redis had lost is being made again${time}${under}: ${left.join('; ')}`
}

/** For the one who is woken by it: that it goes on, how far it is, what stands still meanwhile and what is to be done; nothing where all is whole. */
export const rebuildText = (parts: readonly RebuildPart[], now: number): string[] => {
  if (parts.every(({ step }) => step === 'whole')) return []
  const epochs = [...Map.groupBy(parts, ({ epoch }) => epoch)]
    .filter(([, some]) => some.some(({ step }) => step !== 'whole'))
    .sort(([a = 0], [b = 0]) => a - b)
  return [
    ...epochs.map(([epoch, some]) => epochText(epoch, some, now)),
    '  until it is whole nothing is published of these partitions: no incident opens, changes or resolves; what is shown is what was known before',
    '  it goes on by itself, also after a restart, and then all is published once: nothing has to be done (`./kubesift rebuild` waits for it)',
  ]
}
