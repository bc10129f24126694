// What a table made from another PostgreSQL table keeps of it, what replace keeps of the table before, and what the plan says of the rest.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rows } from '@records-mover/core'
import { postgresService } from '@records-mover/test-infra/postgres-service'
import { moving, tableAt } from './moving.js'

const postgres = postgresService()

const HOME = `
create function shout() returns trigger language plpgsql as $$ begin return new; end $$;
create table parents (id int primary key);
create table home (
  id bigint generated always as identity (start with 10 increment by 5),
  serial_no serial,
  code varchar(8) collate "C" not null default 'n/a',
  made timestamptz(3) not null default now(),
  token uuid default gen_random_uuid(),
  price numeric(10,2) default 0.00 check (price >= 0),
  doubled numeric generated always as (price * 2) stored,
  odd text default lower('X'),
  parent int references parents (id),
  tags text[] default '{}'::text[],
  note text,
  constraint home_pk primary key (id) include (code),
  constraint home_code_key unique (code) deferrable initially deferred,
  constraint home_excluded exclude using btree (serial_no with =)
);
create index home_note on home (note);
create unique index home_pair on home (code, price);
create index home_tags on home using gin (tags);
create index home_lower on home (lower(note));
create index home_some on home (price) where price > 5;
create trigger home_trigger before insert on home for each row execute function shout();
comment on table home is 'the ''home'' table';
comment on column home.code is E'a \\\\ code';
comment on index home_note is 'about notes';
insert into home (code, price, note) select 'c' || i, i, 'n' || i from generate_series(1, 20) i`

describe.skipIf(postgres.skip)(postgres.title('what a table keeps'), () => {
  let from: string
  let to: string

  beforeAll(async () => {
    from = await postgres.server.createDatabase()
    await postgres.server.execute(HOME, from)
    for (const role of ['reader', 'Odd "role"']) {
      await postgres.server.execute(`create role "keeps_${role.replaceAll('"', '""')}"`)
    }
  })
  beforeEach(async () => { to = await postgres.server.createDatabase() })
  afterAll(async () => {
    await postgres.server.dropDatabase(from)
  })

  test('a table that is made has the types, rules, keys, indexes and comments of its home, and the plan names the rest', async () => {
    const { plan } = await moving(at(from, 'home'), at(to, 'orders'))
    expect(await described(to, 'orders')).toEqual(KEPT)
    const changes = plan.fit.changes.map(({ field, change }) => field === undefined ? change : `${field}: ${change}`)
    expect(changes).toEqual(LOST)
    // The sequences go on where those at home stood.
    expect(await sql(to, `insert into orders (code, serial_no) values ('later', default) returning id, serial_no`)).toEqual([['110', '21']])
    expect(await sql(to, 'select count(*) from orders')).toEqual([['21']])
  })

  test('replace takes the place of the old table, name for name', async () => {
    await sql(to, 'create table orders (old int primary key, note text); create index orders_note on orders (note); comment on table orders is \'old\'')
    await moving(at(from, 'home'), at(to, 'orders'), { whenExists: 'replace' })
    expect(await described(to, 'orders')).toEqual(KEPT)
    await moving(at(from, 'home'), at(to, 'orders'), { whenExists: 'replace' })
    expect(await described(to, 'orders')).toEqual(KEPT)
    expect(await sql(to, 'select relname from pg_class where relnamespace = \'public\'::regnamespace and relname like \'%mover%\'')).toEqual([])
    expect(await sql(to, 'select conname from pg_constraint where conrelid = \'orders\'::regclass and contype in (\'p\', \'u\') order by 1')).toEqual([['home_code_key'], ['home_pk']])
  })

  test('replace keeps the rights, the owner and the comment of the old table', async () => {
    await sql(to, `create table orders (id int, note text); comment on table orders is 'mine';
      alter default privileges grant insert on tables to keeps_reader;
      grant select, update on orders to keeps_reader; grant select (note) on orders to "keeps_Odd ""role""" with grant option; grant references on orders to public;
      grant create on schema public to keeps_reader; alter table orders owner to keeps_reader`)
    const before = await sql(to, RIGHTS)
    await moving(rows([{ id: 1, note: 'x' }]), at(to, 'orders'), { whenExists: 'replace' })
    expect(await sql(to, RIGHTS)).toEqual(before)
    expect(await sql(to, 'select obj_description(\'orders\'::regclass), (select rolname from pg_roles r join pg_class c on c.relowner = r.oid where c.oid = \'orders\'::regclass)'))
      .toEqual([['mine', 'keeps_reader']])
    await sql(to, 'drop owned by keeps_reader')
  })

  test('privileges are granted on a table that is made, and refused where none is', async () => {
    const grants = [{ privilege: 'select', to: 'public' }, { privilege: 'INSERT', to: 'keeps_Odd "role"' }]
    await moving(rows([{ id: 1 }]), at(to, 'granted'), { grants })
    expect(await sql(to, 'select grantee, privilege_type from information_schema.role_table_grants where table_name = \'granted\' and grantee <> \'postgres\' order by 1'))
      .toEqual([['PUBLIC', 'SELECT'], ['keeps_Odd "role"', 'INSERT']])
    await expect(moving(rows([{ id: 1 }]), at(to, 'granted'), { grants, whenExists: 'append' })).rejects.toMatchObject({ code: 'refused' })
    await expect(moving(rows([{ id: 1 }]), at(to, 'other'), { grants: [{ privilege: 'select; drop table x', to: 'public' }] })).rejects.toMatchObject({ code: 'refused' })
    await expect(moving(rows([{ id: 1 }]), at(to, 'other'), { grants: [{ privilege: 'select', to: 'nobody_at_all' }] })).rejects.toThrow('nobody_at_all')
    expect(await sql(to, 'select to_regclass(\'other\')')).toEqual([[null]])
  })

  test.each([
    ['a view', 'create view v as select * from orders', 'view public.v'],
    ['a foreign key', 'alter table orders add primary key (id); create table child (id int references orders)', 'foreign key'],
    ['a function over its rows', 'create function f(orders) returns int language sql as \'select 1\'', 'function f'],
    ['row security', 'alter table orders enable row level security', 'row security'],
    ['a parent', 'create table parent (id int); alter table orders inherit parent', 'part of another table'],
    ['children', 'create table child () inherits (orders)', 'child'],
  ])('replace is refused when the old table has %s', async (_, statement, named) => {
    await sql(to, `create table orders (id int); insert into orders values (7); ${statement}`)
    const failed = moving(rows([{ id: 1 }]), at(to, 'orders'), { whenExists: 'replace' })
    await expect(failed).rejects.toMatchObject({ code: 'refused' })
    await expect(failed).rejects.toThrow(named)
    expect(await sql(to, 'select id from orders')).toEqual([['7']])
  })

  function at(database: string, table: string): string {
    return tableAt(postgres.server, database, table)
  }

  function sql(database: string, text: string): Promise<readonly (readonly (string | null)[])[]> {
    return postgres.server.execute(text, database)
  }

  async function described(database: string, table: string): Promise<unknown> {
    return {
      columns: (await sql(database, `select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, c.collname, col_description(a.attrelid, a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum left join pg_collation c on c.oid = a.attcollation and c.collname <> 'default'
        where a.attrelid = '${table}'::regclass and a.attnum > 0 order by a.attnum`)).map((row) => row.join('|')),
      indexes: (await sql(database, `select replace(pg_get_indexdef(indexrelid), '${table}', 'T') || coalesce(' -- ' || obj_description(indexrelid), '') from pg_index where indrelid = '${table}'::regclass order by 1`)).map(([one]) => one),
      constraints: (await sql(database, `select pg_get_constraintdef(oid) from pg_constraint where conrelid = '${table}'::regclass and contype <> 'n' order by 1`)).map(([one]) => one),
      sequences: (await sql(database, `select sequencename, start_value, increment_by, last_value from pg_sequences order by 1`)).map((row) => row.join('|')),
      comment: (await sql(database, `select obj_description('${table}'::regclass)`))[0]![0],
    }
  }
})

const RIGHTS = `select x.grantee::regrole::text, x.privilege_type, x.is_grantable, 'table' from pg_class c, aclexplode(c.relacl) x where c.oid = 'orders'::regclass
union all select x.grantee::regrole::text, x.privilege_type, x.is_grantable, attname from pg_attribute, aclexplode(attacl) x where attrelid = 'orders'::regclass order by 1, 2`

const KEPT = {
  columns: [
    'id|bigint|t||a||',
    'serial_no|integer|t||d||',
    'code|character varying(8)|t|\'n/a\'::character varying||C|a \\ code',
    'made|timestamp(3) with time zone|t|now()|||',
    'token|uuid|f|gen_random_uuid()|||',
    'price|numeric(10,2)|f|0.00|||',
    'doubled|numeric|f||||',
    'odd|text|f||||',
    'parent|integer|f||||',
    'tags|text[]|f|\'{}\'::text[]|||',
    'note|text|f||||',
  ],
  indexes: [
    'CREATE INDEX home_note ON public.T USING btree (note) -- about notes',
    'CREATE INDEX home_tags ON public.T USING gin (tags)',
    'CREATE UNIQUE INDEX home_code_key ON public.T USING btree (code)',
    'CREATE UNIQUE INDEX home_pair ON public.T USING btree (code, price)',
    'CREATE UNIQUE INDEX home_pk ON public.T USING btree (id) INCLUDE (code)',
  ],
  constraints: ['PRIMARY KEY (id) INCLUDE (code)', 'UNIQUE (code) DEFERRABLE INITIALLY DEFERRED'],
  sequences: ['orders_id_seq|10|5|105', 'orders_serial_no_seq|1|1|20'],
  comment: 'the \'home\' table',
}

const LOST = [
  'serial_no: the default of a serial column arrives as identity',
  'doubled: the column is generated at home and an ordinary one here: its expression is not kept',
  'odd: the default lower(\'X\'::text) is not kept',
  'the index home_excluded is not kept: it belongs to an exclusion constraint',
  'the index home_lower is not kept: it has an expression',
  'the index home_some is not kept: it has a condition',
  'the check constraint home_price_check is not kept',
  'the foreign key home_parent_fkey is not kept',
  'the exclusion constraint home_excluded is not kept',
  'the trigger home_trigger is not kept',
]
