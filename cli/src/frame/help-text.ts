import { exitCodeMeanings } from './exit-code.ts'
import type { VerbEntry } from './registry.ts'

/** The page that `kubesift help` prints. */
export const helpText = (verbs: readonly VerbEntry[]): string => {
  const width = Math.max(...verbs.map((verb) => verb.name.length), 4) + 2
  const line = (name: string, summary: string): string => `  ${name.padEnd(width)}${summary}`
  return [
    'Kubesift: Kubernetes events in, one explained incident per problem out.',
    '',
    'usage: ./kubesift <command> [options]',
    '',
    ...verbs.map((verb) => line(verb.name, verb.summary)),
    line('help', 'this page; `help <command>` or `<command> --help` for one of them'),
    '',
    'Examples:',
    '  ./kubesift up',
    '  kubectl get events -A -o json | ./kubesift triage',
    '',
    'Exit codes:',
    ...exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`),
    '',
    'Environment:',
    '  KUBESIFT_HOME                          data, logs and state (default: .kubesift in the checkout)',
    '  KAFKA_BROKERS, DATABASE_URL, REDIS_URL use that one instead of starting our own',
    '  KUBESIFT_DEBUG=1                       show stack traces',
  ].join('\n')
}
