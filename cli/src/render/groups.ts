/** What a table needs to know of an incident's group. */
export interface Grouped {
  readonly id: string
  readonly group: string
  /** Of the incident that stands for the cause; empty where it was never told. */
  readonly primary: string
  readonly joins: readonly {
    readonly to: string
    readonly why: string
    readonly directed: boolean
  }[]
  readonly resourceKind: string
  readonly resourceName: string
}

/** Members of a group stand together, where the first of them would; the one that stands for the cause leads them. */
export const inGroupOrder = <T extends Grouped>(sorted: readonly T[]): T[] =>
  [...Map.groupBy(sorted, ({ group }) => group).values()].flatMap((members) => [
    ...members.filter(leads),
    ...members.filter((member) => !leads(member)),
  ])

const leads = ({ id, primary }: Grouped): boolean => primary === '' || id === primary

/** The owner as a table shows it: those that follow another are set below it, where that one is in the table. */
export const ownerInGroup = (incident: Grouped, owner: string, all: readonly Grouped[]): string =>
  leads(incident) || !all.some(({ id }) => id === incident.primary) ? owner : `└ ${owner}`

/** What it follows, where another incident of the table explains it; else what is known of it itself. */
export const whyInGroup = (incident: Grouped, own: string, all: readonly Grouped[]): string => {
  for (const join of incident.joins) {
    const cause = join.directed ? all.find(({ id }) => id === join.to) : undefined
    if (cause !== undefined)
      return `follows ${cause.resourceKind}/${cause.resourceName}: ${join.why}`
  }
  return own
}
