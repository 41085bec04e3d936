import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { collectorFile } from '../src/build-collector.ts'

/** What of the CronJob is run here. */
const manifest = z.object({
  spec: z.object({
    jobTemplate: z.object({
      spec: z.object({
        template: z.object({
          spec: z.object({
            containers: z.tuple([
              z.object({ command: z.tuple([z.literal('sh'), z.literal('-ec'), z.string()]) }),
            ]),
          }),
        }),
      }),
    }),
  }),
})
const script = (): string => {
  const file = readFileSync(collectorFile('agent', 'costs.yaml'), 'utf8')
  return manifest.parse(parse(file)).spec.jobTemplate.spec.template.spec.containers[0].command[2]
}

interface Asked {
  readonly url: URL
  readonly authorization: string | undefined
  readonly body: string
}

const run = promisify(execFile)
const hasCurl = spawnSync('curl', ['--version']).status === 0

describe.skipIf(!hasCurl)('the CronJob that asks OpenCost', () => {
  let home = ''
  let asked: Asked[] = []
  let statuses: Record<string, number> = {}
  let server: Server
  let base = ''

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'kubesift-costs-'))
    asked = []
    statuses = {}
    const take = async (request: IncomingMessage): Promise<URL> => {
      const url = new URL(request.url ?? '/', 'http://here')
      const { authorization } = request.headers
      asked.push({ url, authorization, body: await text(request) })
      return url
    }
    server = createServer((request, response) => {
      void take(request).then(({ pathname }) => {
        response.statusCode = statuses[pathname] ?? 200
        response.end(pathname === '/allocation' ? '{"code":200,"data":[{}]}' : '{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterEach(async () => {
    rmSync(home, { recursive: true })
    await new Promise((resolve) => server.close(resolve))
  })

  const ask = () =>
    run('sh', ['-ec', script()], {
      env: {
        PATH: process.env['PATH'],
        TMPDIR: home,
        OPENCOST_URL: base,
        INTAKE_URL: base,
        INTAKE_TOKEN: 'a-token-that-is-long',
        QUERY: 'cluster=prod&currency=EUR',
      },
    })

  it('asks for the last full hour of every controller, and posts the answer as it came', async () => {
    await ask()
    const [question, posted] = asked
    const [from, to] = (question?.url.searchParams.get('window') ?? '').split(',').map(Number)
    expect([(from ?? 0) % 3_600, (to ?? 0) - (from ?? 0)]).toEqual([0, 3_600])
    expect(Math.abs(Date.now() / 1_000 - (to ?? 0))).toBeLessThan(3_660)
    expect(question?.url.searchParams.get('aggregate')).toBe('namespace,controllerKind,controller')
    expect(posted).toMatchObject({
      authorization: 'Bearer a-token-that-is-long',
      body: '{"code":200,"data":[{}]}',
    })
    expect(`${posted?.url.pathname}${posted?.url.search}`).toBe(
      '/v1/costs?cluster=prod&currency=EUR',
    )
  })

  it.each([
    ['OpenCost answers an error', '/allocation', 400, 1],
    ['the intake refuses', '/v1/costs', 400, 2],
  ])('fails, so that its Job does, where %s', async (_, path, status, calls) => {
    statuses = { [path]: status }
    await expect(ask()).rejects.toThrow('curl: (22)')
    expect(asked).toHaveLength(calls)
  })
})
