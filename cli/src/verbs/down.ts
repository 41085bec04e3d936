import { CliFailure } from '../frame/cli-failure.ts'
import type { Verb } from '../frame/verb.ts'

export const verb: Verb = {
  examples: ['./kubesift down'],
  define: (command, _context, run) => {
    command.action(
      run(() => {
        throw new CliFailure('down is not written yet')
      }),
    )
  },
}
