import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { PortBook } from './ports.ts'
import { postgresDaemon, postgresDataFolders } from './postgres.ts'

const root = process.getuid?.() === 0

/** Only where root keeps the data outside of a home that Postgres' account cannot enter. */
test.runIf(root)(
  'a home that was deleted by hand and made anew gets a database that it can open',
  async () => {
    const private_ = mkdtempSync(join(tmpdir(), 'kubesift-private-'))
    chmodSync(private_, 0o700)
    const home = join(private_, 'home')
    const begin = async () => {
      mkdirSync(home, { recursive: true })
      const context = {
        home,
        env: process.env,
        ports: new PortBook(home, {}),
        profile: 'test' as const,
        log: () => undefined,
      }
      const { daemon, url } = await postgresDaemon(context)
      await daemon.start()
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query('create table if not exists told (n int)')
      const { rows } = await client.query<{ n: string }>('select count(*) n from told')
      await client.query('insert into told values (1)')
      await client.end()
      await daemon.stop()
      return Number(rows[0]?.n)
    }
    try {
      expect(await begin()).toBe(0)
      expect(await begin()).toBe(1)
      rmSync(home, { recursive: true })
      expect(await begin()).toBe(0)
    } finally {
      for (const folder of postgresDataFolders(home))
        rmSync(folder, { recursive: true, force: true })
      rmSync(private_, { recursive: true, force: true })
    }
    expect(existsSync(private_)).toBe(false)
  },
)
