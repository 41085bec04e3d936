import type { Measured, Rebuild, Timer } from './claim.ts'
import type { NamespaceWrite } from './state-store.ts'

export type Argument = string | Buffer

/** What the script of a write takes of one namespace. */
export const argumentsOf = (write: NamespaceWrite): Argument[] => {
  const args: Argument[] = [
    write.id,
    scoreOf(write.timer),
    write.publish ? '1' : '0',
    write.saved ? '1' : '0',
    String(write.fields.size),
  ]
  for (const [name, value] of write.fields) args.push(name, value)
  args.push(String(write.chunks.length), ...write.chunks)
  return args
}

const scoreOf = ({ at, stale }: Timer): string => {
  if (!stale) return at === null ? '' : String(at)
  return at === null ? '-inf' : String(-at - 1)
}

/** A timer as its sorted set has it: negative where it is stale. */
export const timerOf = (score: string): Timer => {
  const value = Number(score === '-inf' ? -Infinity : score)
  if (value >= 0) return { at: value, stale: false }
  return { at: value === -Infinity ? null : -value - 1, stale: true }
}

/** A flat reply as pairs. */
export const pairs = (flat: readonly string[]): [string, string][] => {
  const out: [string, string][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) out.push([flat[i]!, flat[i + 1]!])
  return out
}

export const numberOf = (text: string | null | undefined): number | null =>
  text == null || text === '' ? null : Number(text)

/** When a rebuild was begun, and where. */
export const begunOf = (
  since: string | null | undefined,
  from: string | null | undefined,
): Pick<Rebuild, 'since' | 'from'> => {
  const [at, offset] = [numberOf(since), numberOf(from)]
  return { ...(at === null ? {} : { since: at }), ...(offset === null ? {} : { from: offset }) }
}

/** As texts, so many at a time, and once where there are none. */
export function* textsOf(measured: Iterable<Measured>, most: number): Generator<string[]> {
  let some: string[] = []
  for (const each of measured) {
    some.push(JSON.stringify(each))
    if (some.length < most) continue
    yield some
    some = []
  }
  yield some
}

/** Its context is read when it is asked for: of a large state all of them would be several times their text. */
export const measuredFrom = (text: string): Measured => {
  const at = /^\{"at":(-?\d+),/.exec(text)?.[1]
  const parse = (): Measured => JSON.parse(text) as Measured
  return {
    at: at === undefined ? parse().at : Number(at),
    get context() {
      return parse().context
    },
  }
}
