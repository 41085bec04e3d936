import type { MigrationInterface, QueryRunner } from 'typeorm'

const tables = `
create table incident_grouping (
  incident_id uuid primary key,
  cluster text not null,
  group_id uuid not null,
  placed jsonb not null,
  essence jsonb not null
);
comment on table incident_grouping is
  'What decides about the group of an incident (essence) and what was decided (placed). One writer per cluster at a time, by advisory lock.';
create index incident_grouping_group on incident_grouping (group_id);

create table incident_touch (
  cluster text not null,
  thing text not null,
  incident_id uuid not null,
  primary key (cluster, thing, incident_id)
);
comment on table incident_touch is 'The shared things that incidents touch: who has to be looked at when one changes.';
create index incident_touch_incident on incident_touch (incident_id);

create table group_alias (
  alias uuid primary key,
  group_id uuid not null,
  since timestamptz not null default now()
);
comment on table group_alias is 'Groups that have gone up in others: what was said under the former id belongs to the newer.';

create table group_constraint (
  a uuid not null,
  b uuid not null,
  kind text not null check (kind in ('must', 'cannot')),
  actor text not null,
  created_at timestamptz not null default now(),
  primary key (a, b),
  check (a < b)
);
comment on table group_constraint is 'What operators have said of pairs of incidents; stronger than anything that is derived.';
create index group_constraint_b on group_constraint (b);

create table notice_member (
  incident_id text primary key,
  group_id text not null,
  revision int not null,
  is_primary boolean not null,
  phase text not null,
  severity text not null,
  reopen_count int not null,
  subject jsonb not null,
  updated_at timestamptz not null default now()
);
comment on table notice_member is 'The notifier''s view of the incidents of each group, by their newest documents.';
create index notice_member_group on notice_member (group_id);
`

/** Groups of incidents with one cause. */
export class Groups1763690200000 implements MigrationInterface {
  readonly name = 'Groups1763690200000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table notice_member, group_constraint, group_alias, incident_touch, incident_grouping',
    )
  }
}
