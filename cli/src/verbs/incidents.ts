import { CliFailure } from '../frame/cli-failure.ts'
import type { Verb } from '../frame/verb.ts'

export const verb: Verb = {
  examples: ['./kubesift incidents list'],
  define: (command, _context, run) => {
    command.action(
      run(() => {
        throw new CliFailure('incidents is not written yet')
      }),
    )
  },
}
