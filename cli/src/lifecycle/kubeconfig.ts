import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { usageFailure } from '../frame/cli-failure.ts'

const Kubeconfig = z.object({
  'current-context': z.string().min(1).optional(),
  clusters: z.array(z.unknown()).min(1),
})

/** The cluster of a kubeconfig, named as asked for, else as its current context. */
export const clusterOf = (
  file: string,
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly kubeconfig: string } => {
  const kubeconfig = resolve(file.replace(/^~(?=\/)/, env['HOME'] ?? '~'))
  const config = Kubeconfig.safeParse(read(kubeconfig))
  if (!config.success)
    throw usageFailure(`--kubeconfig ${file}: that is no kubeconfig with a cluster in it`)
  const name = asked ?? config.data['current-context']
  if (name === undefined || name === '')
    throw usageFailure(
      `--kubeconfig ${file} has no current context: set one with \`kubectl config use-context\``,
    )
  return { name, kubeconfig }
}

const read = (path: string): unknown => {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (why) {
    const reason = why instanceof Error ? (why.message.split('\n')[0] ?? '') : String(why)
    throw usageFailure(`--kubeconfig ${path} cannot be read: ${reason}`)
  }
}
