import { ContractViolation, DependencyUnavailable, Failure } from '@kubesift/contracts'

/** Postgres answers and refuses for a reason that only a person can change (rights, password, a missing database). */
export class PostgresRefused extends Failure {
  readonly code = 'POSTGRES_REFUSED'
  readonly next = 'crash'
}

/** Classes of SQLSTATE after which the same statement may work: connection, rollback (deadlock), resources, in use, operator (shutdown). */
const passing = new Set(['08', '40', '53', '55', '57'])
/** Classes that blame the data: invalid value, a limit of the format (an index row too large). */
const blameData = new Set(['22', '54'])
/** Classes that a person has to look at: authorisation, unknown database. */
const refusals = new Set(['28', '3D'])

const networkCodes = /^(E(CONN|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)|UND_ERR)/

const networkWords =
  /connection terminated|connection ended|client was closed|not queryable|timeout exceeded|connect timeout|query read timeout/i

const codeOf = (error: Error): string => {
  const code: unknown = Reflect.get(error, 'code')
  return typeof code === 'string' ? code : ''
}

const isNetwork = (error: Error): boolean =>
  networkCodes.test(codeOf(error)) ||
  networkWords.test(error.message) ||
  (error instanceof AggregateError && error.errors.some((e) => e instanceof Error && isNetwork(e)))

const sqlState = /^[0-9A-Z]{5}$/

/** What an error of the driver means to the pipeline. What is neither the network, the data nor the settings is a bug, and stays as it is. */
export const asFailure = (error: unknown, doing: string): unknown => {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const text = `postgres: ${doing}: ${error.message === '' ? codeOf(error) : error.message}`
  const code = codeOf(error)
  const family = sqlState.test(code) ? code.slice(0, 2) : ''
  const details = { sqlState: code }
  if (blameData.has(family)) return new ContractViolation(text, details, { cause: error })
  if (refusals.has(family)) {
    const advice = `${text}; check DATABASE_URL: user, password, database and rights`
    return new PostgresRefused(advice, details, { cause: error })
  }
  return passing.has(family) || isNetwork(error)
    ? new DependencyUnavailable(text, details, { cause: error })
    : error
}
