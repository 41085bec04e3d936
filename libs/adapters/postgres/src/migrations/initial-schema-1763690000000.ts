import type { MigrationInterface, QueryRunner } from 'typeorm'

const tables = `
create table context_version (
  key text primary key,
  context_epoch int not null,
  context_offset bigint not null
);
comment on table context_version is
  'The newest context applied per incident key: the guard that makes redelivery free, and the row lock that orders its writers.';

create table incident (
  id uuid primary key,
  key text not null,
  episode int not null check (episode > 0),
  revision int not null check (revision > 0),
  cluster text not null,
  namespace text not null,
  resource_kind text not null,
  resource_name text not null,
  problem text not null,
  title text not null,
  severity text not null,
  severity_rank smallint not null,
  status text not null,
  reasons text[] not null,
  occurrence_count bigint not null,
  count_quality text not null,
  reopen_count int not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by text,
  group_id uuid not null,
  previous_id uuid,
  merged_into_id uuid,
  context_epoch int not null,
  context_offset bigint not null,
  search text not null,
  document jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (key, episode)
);
comment on table incident is 'One row per episode. Every column here belongs to the stream; what operators and analyses say has tables of its own.';
comment on column incident.document is 'The full incident of the newest context, without its analysis.';
create index incident_order on incident (severity_rank, last_seen_at desc, id);
create index incident_open on incident (severity_rank, last_seen_at desc, id)
  where status in ('open', 'acknowledged', 'investigating');

create table incident_analysis (
  incident_id uuid primary key,
  context_epoch int not null,
  context_offset bigint not null,
  document jsonb,
  cause jsonb
);
comment on table incident_analysis is
  'The newest analysis per incident. It may stand here before its incident does; a null document only marks that the incident is there.';

create table note (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  incident_id uuid not null,
  kind text not null check (kind in ('comment', 'status_change', 'assignment', 'severity_change',
    'ai_analysis', 'approval', 'action', 'link', 'system')),
  actor text not null,
  at timestamptz not null,
  text text not null,
  causes jsonb not null,
  rules_hash text not null,
  written_at timestamptz not null default now()
);
create index note_of_incident on note (incident_id, seq);

create table stream_position (
  topic text not null,
  partition int not null,
  next_offset bigint not null,
  updated_at timestamptz not null default now(),
  primary key (topic, partition)
);

create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  incident_id uuid not null,
  revision int not null,
  payload text not null,
  traceparent text,
  created_at timestamptz not null default now(),
  seq bigint unique,
  published_at timestamptz,
  error text
);
comment on column outbox.seq is 'The change sequence, given out by the one relay after commit. Null: not yet published.';
create index outbox_waiting on outbox (id) where seq is null and error is null;

create table relay_state (
  single boolean primary key default true check (single),
  store_id uuid not null default gen_random_uuid(),
  last_seq bigint not null default 0,
  pruned_seq bigint not null default 0
);
insert into relay_state default values;
`

const appendOnly = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'notes are append-only: % of % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger note_append_only before update or delete on note
  for each row execute function refuse_change();
create trigger note_no_truncate before truncate on note
  for each statement execute function refuse_change();
`

/** The first schema: incidents, their notes, and what makes writing and publishing them exactly-once in effect. */
export class InitialSchema1763690000000 implements MigrationInterface {
  readonly name = 'InitialSchema1763690000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables)
    await runner.query(appendOnly)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table relay_state, outbox, stream_position, note, incident_analysis, incident, context_version;
      drop function refuse_change();
    `)
  }
}
