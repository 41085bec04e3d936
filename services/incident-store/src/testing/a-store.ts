import { Database, IncidentReader, IncidentWriter } from '@kubesift/adapter-postgres'
import { testBacking, type TestBacking } from '@kubesift/testing'
import pg from 'pg'

/** A migrated store in a database of its own, with a second, plain connection to look at it and to break it. */
export interface TestStore extends AsyncDisposable {
  readonly backing: TestBacking
  readonly database: Database
  readonly writer: IncidentWriter
  readonly reader: IncidentReader
  readonly sql: <R extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<R[]>
  readonly count: (from: string) => Promise<number>
}

export const aStore = async (): Promise<TestStore> => {
  const backing = await testBacking()
  const database = new Database({ url: backing.databaseUrl })
  await database.open()
  const client = new pg.Client({ connectionString: backing.databaseUrl })
  await client.connect()
  const sql: TestStore['sql'] = async (text, values) => (await client.query(text, values)).rows
  return {
    backing,
    database,
    sql,
    writer: new IncidentWriter(database),
    reader: new IncidentReader(database),
    count: async (from) =>
      Number((await sql<{ n: string }>(`select count(*) as n from ${from}`))[0]?.n),
    [Symbol.asyncDispose]: async () => {
      await client.end()
      await database.close()
      await backing.dispose()
    },
  }
}

/** Everything that a store holds, for "nothing changed". */
export const contentsOf = async ({ sql }: TestStore): Promise<unknown> => ({
  incidents: await sql('select id, revision, status, document from incident order by id'),
  analyses: await sql('select incident_id, document from incident_analysis order by 1'),
  notes: await sql('select id, incident_id, kind, text from note order by id'),
  outbox: await sql('select topic, incident_id, revision from outbox order by id'),
  versions: await sql('select * from context_version order by key'),
  groups: await sql('select incident_id, group_id, placed from incident_grouping order by 1'),
  touches: await sql('select thing, incident_id from incident_touch order by 1, 2'),
  positions: await sql('select topic, partition, next_offset from stream_position order by 1, 2'),
})
