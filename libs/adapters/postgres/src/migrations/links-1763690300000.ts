import type { MigrationInterface, QueryRunner } from 'typeorm'

const tables = `
create table incident_delivered (
  incident_id uuid primary key,
  things text[] not null,
  first_seen_at timestamptz not null,
  linkable jsonb not null
);
comment on table incident_delivered is
  'What came new with the failing pods of an incident: who of other clusters has to be looked at when the same fails there.';
create index incident_delivered_things on incident_delivered using gin (things);
`

/** Links between incidents of several clusters. */
export class Links1763690300000 implements MigrationInterface {
  readonly name = 'Links1763690300000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table incident_delivered')
  }
}
