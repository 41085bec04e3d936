/** What the process answers to its caller; `kubesift help` prints this table. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  missing: 3,
  notRunning: 4,
  interrupted: 130,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** One line per code, in the order in which `help` prints them. */
export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.ok, 'done'],
  [ExitCode.failed, 'it ran and failed (a test, a service, an unexpected error)'],
  [ExitCode.usage, 'wrong command, option or input'],
  [ExitCode.missing, 'something that it needs is missing (Java, Redis, a port, write permission)'],
  [ExitCode.notRunning, 'nothing is running, or not everything is ready'],
  [
    ExitCode.interrupted,
    'stopped by Ctrl-C before it was done (0 where Ctrl-C is the way to end: up, watch, logs -f)',
  ],
]
