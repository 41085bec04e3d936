import type { MigrationInterface, QueryRunner } from 'typeorm'

const tables = `
create table notice_group (
  group_id text primary key,
  revision int not null,
  phase text not null,
  severity text not null,
  reopen_count int not null,
  told_phase text not null default 'nothing',
  told_severity text not null default 'P4',
  told_reopen_count int not null default 0,
  subject jsonb not null,
  due_at timestamptz,
  updated_at timestamptz not null default now()
);
comment on table notice_group is
  'Per group: where it stands by the newest incident seen, what was told last, and when the difference has settled (due_at).';
create index notice_group_due on notice_group (due_at) where due_at is not null;

create table delivery (
  seq bigint generated always as identity unique,
  key text not null,
  channel text not null,
  group_id text not null,
  incident_id text not null,
  kind text not null,
  severity text not null,
  body text not null,
  text text not null,
  traceparent text,
  status text not null default 'waiting' check (status in ('waiting', 'delivered', 'failed', 'gave_up')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  error text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  published_at timestamptz,
  primary key (key, channel)
);
comment on table delivery is
  'Written before anything is sent. Body and key never change, so every attempt is the same message.';
create index delivery_waiting on delivery (channel, next_at) where status = 'waiting';
create index delivery_of_group on delivery (group_id, channel, seq) where status = 'waiting';
create index delivery_unpublished on delivery (seq) where status <> 'waiting' and published_at is null;
`

/** What the notifier has to tell, and what came of it. */
export class Deliveries1763690100000 implements MigrationInterface {
  readonly name = 'Deliveries1763690100000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table delivery, notice_group')
  }
}
