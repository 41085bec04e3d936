import { ExitCode } from '../frame/exit-code.ts'
import type { Verb } from '../frame/verb.ts'

const SIGNS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const

/** Looks at everything that `up` needs, starts and installs nothing, and says what to do about each fault. */
export const verb: Verb = {
  examples: ['./kubesift doctor'],
  define: (command, context, run) => {
    command.action(
      run(async () => {
        const { examine } = await import('../lifecycle/examine.ts')
        const findings = await examine(context)
        for (const { name, level, text, advice } of findings) {
          context.print(`${SIGNS[level]}  ${name.padEnd(12)}${text}`)
          if (advice !== undefined) context.print(`${' '.repeat(18)}${advice}`)
        }
        const failed = findings.filter(({ level }) => level === 'fail').length
        if (failed === 0) return ExitCode.ok
        context.warn(`${failed} of ${findings.length} checks failed: see what each says to do`)
        return ExitCode.missing
      }),
    )
  },
}
