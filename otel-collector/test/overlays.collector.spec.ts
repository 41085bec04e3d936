import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, collectorFile } from '../src/build-collector.ts'
import { kubeconfigFor } from './agent-bench.ts'
import { testHome } from './gateway-bench.ts'
import { KubeApi } from './kube-api.ts'

/** Each way in which the agent's files are meant to be laid together (README.md). */
const LAID: readonly (readonly string[])[] = [
  ['config.yaml'],
  ['config.yaml', 'add-ons.yaml'],
  ['config.yaml', 'telemetry.yaml'],
  ['config.yaml', 'add-ons.yaml', 'telemetry.yaml'],
  ['node.yaml'],
]

describe('the files of the agent', () => {
  const home = testHome()
  const api = new KubeApi()
  let env: Record<string, string>
  let binary: string

  /** The receivers ask the API whether it has what they are to read, so this one runs beside it. */
  const validate = async (files: readonly string[]) => {
    const args = files.flatMap((file) => ['--config', collectorFile('agent', file)])
    const child = spawn(binary, ['validate', ...args], { cwd: home, env })
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    return { said, code: Number(code) }
  }

  beforeAll(async () => {
    const kubeconfig = join(home, 'kubeconfig.json')
    writeFileSync(kubeconfig, kubeconfigFor(await api.listen()))
    mkdirSync(join(home, 'state'))
    env = {
      KUBECONFIG: kubeconfig,
      KUBESIFT_AGENT_AUTH: 'kubeConfig',
      KUBESIFT_AGENT_STATE: join(home, 'state'),
      KUBESIFT_CLUSTER_NAME: 'any',
      KUBESIFT_GATEWAY_ENDPOINT: 'http://127.0.0.1:4318',
      K8S_NODE_NAME: 'node-1',
    }
    const log = (): void => undefined
    binary = await buildCollector('agent', { home, env: process.env, log })
  })
  afterAll(async () => {
    await api.close()
    rmSync(home, { recursive: true, force: true })
  })

  it.each(LAID.map((files) => [files.join(' + '), files] as const))(
    '%s is valid',
    async (_, files) => {
      expect(await validate(files)).toEqual({ said: '', code: 0 })
    },
  )

  it('an overlay alone is not', async () => {
    const { said, code } = await validate(['telemetry.yaml'])
    expect(said).toContain('no exporter configuration')
    expect(code).not.toBe(0)
  })
})
