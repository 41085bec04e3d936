import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { of, run } from './testing.ts'

/** Dumps of other projects, which are read in place: they are not ours to publish. */
const data = fileURLToPath(new URL('../../../../shared/data/public/objects', import.meta.url))
const here = existsSync(data)
const files = (pattern: string): string[] => globSync(pattern, { cwd: data }).sort()
const read = (file: string) => of(file, readFileSync(`${data}/${file}`))

interface Webhook {
  readonly alerts?: readonly { readonly labels?: { readonly alertname?: string } }[]
}

describe.skipIf(!here)('webhooks that other projects test with', () => {
  const webhooks = files('alertmanager-webhooks/*.json').filter((f) => !f.includes('invalid'))

  it('are there', () => {
    expect(webhooks.length).toBeGreaterThan(7)
  })

  it.each(webhooks)('%s: every alert with a name and a start is read', async (file) => {
    const body = JSON.parse(readFileSync(`${data}/${file}`, 'utf8')) as Webhook
    const named = (body.alerts ?? []).filter((a) => a.labels?.alertname !== undefined)
    const { stats, incidents, ignored } = await run([read(file)])
    expect(stats.others ?? 0).toBe(named.length)
    expect(stats.records).toBe(body.alerts?.length)
    expect(incidents.length + ignored.length).toBeGreaterThan(0)
  })
})
