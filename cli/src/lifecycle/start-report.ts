import { duration } from '../frame/duration.ts'
import type { State, UnitState } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

/** A line each time that a unit becomes ready or falls; what was told is not told again. */
export const startReporter = (
  { print, now }: Pick<CliContext, 'print' | 'now'>,
  begun: number,
): ((state: State) => void) => {
  const told = new Map<string, string>()
  const tell = (name: string, line: string | undefined): void => {
    if (line === undefined || told.get(name) === line) return
    told.set(name, line)
    print(`${duration(now() - begun).padStart(6)}  ${line}`)
  }
  return (state) => {
    tell('', state.note)
    for (const unit of state.units) {
      tell(unit.name, worthTelling(unit))
    }
  }
}

const worthTelling = ({ name, status, address, reason }: UnitState): string | undefined => {
  if (status === 'ready') return `${name} is ready${address === undefined ? '' : ` at ${address}`}`
  if (status === 'external') return `${name} is yours at ${address ?? '?'}`
  if (status === 'backoff')
    return `${name} ended and is started again: ${plainly(reason) ?? 'no reason known'}`
  return undefined
}

/** The agent's own words for an API that it cannot ask which resources there are. */
const plainly = (reason: string | undefined): string | undefined =>
  reason?.includes('Valid resources are: []') === true
    ? 'the API of the cluster does not answer it: is the kubeconfig right? (`./kubesift logs agent`)'
    : reason
