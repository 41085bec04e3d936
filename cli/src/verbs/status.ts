import { ExitCode } from '../frame/exit-code.ts'
import { allReady, readState, type State } from '../frame/state.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { unitTable } from '../lifecycle/unit-table.ts'

/** What runs. Exit code 0 only when everything answers, so that scripts can wait on it. */
export const verb: Verb = {
  examples: ['./kubesift status', './kubesift status --format json | jq .grpcUrl'],
  define: (command, context, run) => {
    command.option('--format <table|json>', 'for people or for machines', 'table').action(
      run(({ format }: { readonly format: string }) => {
        const state = readState(context.home)
        if (state === undefined || !state.alive) return notRunning(context, state)
        context.print(format === 'json' ? JSON.stringify(state, null, 2) : table(state, context))
        return allReady(state) ? ExitCode.ok : ExitCode.notRunning
      }),
    )
  },
}

const table = (state: State, context: CliContext): string =>
  [unitTable(state, context.now()), '', `home ${context.home}, incident API ${state.grpcUrl}`].join(
    '\n',
  )

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
