import { Option } from 'commander'
import { clusters as clustersTopic, tooLate as tooLateTopic } from '@kubesift/contracts'
import type { Cluster, TooLateLedger } from '@kubesift/contracts'
import { ExitCode } from '../frame/exit-code.ts'
import { allReady, readState, type State } from '../frame/state.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import type { UnitLag } from '../lifecycle/group-lags.ts'
import type { Heaviest } from '../lifecycle/heaviest.ts'
import type { OpenIncidents } from '../lifecycle/open-incidents.ts'
import type { RebuildPart } from '../lifecycle/rebuilds.ts'
import { unitTable } from '../lifecycle/unit-table.ts'

/** What runs. Exit code 0 only when everything answers, so that scripts can wait on it. */
export const verb: Verb = {
  examples: ['./kubesift status', './kubesift status --format json | jq .grpcUrl'],
  notes:
    'LAG is how many records a service still has before it in Kafka, BEHIND how long ago the oldest of them was written; where they only grow it does not keep up.',
  define: (command, context, run) => {
    command
      .addOption(
        new Option('--format <format>', 'for people or for machines')
          .choices(['table', 'json'])
          .default('table'),
      )
      .action(
        run(async ({ format }: { readonly format: string }) => {
          const state = readState(context.home)
          if (state === undefined || !state.alive) return notRunning(context, state)
          const facts = await factsOf(state, context)
          context.print(format === 'json' ? json(state, facts) : await table(state, facts, context))
          return allReady(state) ? ExitCode.ok : ExitCode.notRunning
        }),
      )
  },
}

interface Facts {
  readonly lags: ReadonlyMap<string, UnitLag>
  readonly open: OpenIncidents
  readonly clusters: readonly Cluster[] | undefined
  readonly tooLate: readonly TooLateLedger[] | undefined
  readonly most: Heaviest | undefined
  readonly rebuilds: readonly RebuildPart[]
}

/** What is asked of Kafka and the API; loaded only where something runs. */
const factsOf = async (state: State, { env, now }: CliContext): Promise<Facts> => {
  const [{ groupLags }, { openIncidents }, { readCompacted }, { heaviest }, { rebuildsOf }] =
    await Promise.all([
      import('../lifecycle/group-lags.ts'),
      import('../lifecycle/open-incidents.ts'),
      import('../lifecycle/read-compacted.ts'),
      import('../lifecycle/heaviest.ts'),
      import('../lifecycle/rebuilds.ts'),
    ])
  const [lags, open, clusters, tooLate, most, rebuilds] = await Promise.all([
    groupLags(state, env, now),
    openIncidents(state.grpcUrl),
    readCompacted(state, clustersTopic),
    readCompacted(state, tooLateTopic),
    heaviest(state, now()),
    rebuildsOf(state),
  ])
  return { lags, open, clusters, tooLate, most, rebuilds }
}

/** This output is pasted into tickets: who needs the passwords finds them in state.json, which is ours alone. */
const withoutPassword = (url: string): string => url.replace(/:[^:@/]*@/, ':***@')

const json = (state: State, { lags, open, clusters, tooLate, most, rebuilds }: Facts): string =>
  JSON.stringify(
    {
      ...state,
      databaseUrl: withoutPassword(state.databaseUrl),
      redisUrl: withoutPassword(state.redisUrl),
      lag: Object.fromEntries([...lags].map(([unit, { records }]) => [unit, records])),
      behind: Object.fromEntries(lags),
      openIncidents: open,
      ...(clusters === undefined ? {} : { clusters }),
      ...(tooLate === undefined ? {} : { tooLate }),
      ...(most === undefined ? {} : { heaviest: most }),
      ...(rebuilds.length === 0 ? {} : { rebuilds }),
    },
    null,
    2,
  )

const table = async (
  state: State,
  { lags, open, clusters, tooLate, most, rebuilds }: Facts,
  context: CliContext,
): Promise<string> => {
  const { openText } = await import('../lifecycle/open-incidents.ts')
  const { tooLateText } = await import('../lifecycle/too-late.ts')
  const { rebuildText } = await import('../lifecycle/rebuilds.ts')
  const { heaviestText } = await import('../lifecycle/heaviest.ts')
  const { sourcesText } = await import('../lifecycle/cluster-sources.ts')
  return [
    unitTable(state, context.now(), lags),
    '',
    ...rebuildText(rebuilds, context.now()),
    openText(open),
    ...sourcesText(clusters, context.now()),
    ...tooLateText(tooLate),
    ...heaviestText(most),
    `incident API ${state.grpcUrl}, data and logs in ${context.home}`,
  ].join('\n')
}

const notRunning = (context: CliContext, last: State | undefined): ExitCode => {
  const left = last?.units.some(({ pid }) => pid !== undefined) ?? false
  if (last?.phase === 'failed' && last.failure !== undefined)
    context.warn(`the last start failed: ${last.failure}`)
  const killed = left && last?.phase !== 'stopped' && last?.phase !== 'failed'
  context.warn(
    killed
      ? 'the supervisor was killed: `./kubesift up` takes over what still runs, `./kubesift down` stops it'
      : 'nothing is running: `./kubesift up` starts everything',
  )
  return ExitCode.notRunning
}
