// Reads what belongs to a table beside its columns: indexes, constraints, grants, and what hangs on it.
import type { Session } from './connect.js'
import type { ConstraintFacts, GrantFacts, IndexFacts, TableFacts } from './origin.js'

/** The facts of one relation. The search path is to be empty, so that names are spelled in full. */
export async function readTableFacts(session: Session, oid: string, known: Required<Pick<TableFacts, 'kind' | 'schema' | 'name'>>): Promise<TableFacts> {
  const { rows } = await session.query(FACTS, [oid], { doing: `look at what belongs to ${known.schema}.${known.name}` })
  const told = JSON.parse(rows[0]![0]!) as { readonly [fact: string]: unknown }
  const facts = Object.entries<unknown>({ ...known, ...told }).filter(([, value]) => value !== null && value !== false)
  const some = Object.fromEntries(facts) as unknown as TableFacts
  return {
    ...some,
    ...(some.indexes === undefined ? {} : { indexes: some.indexes.map(indexOf) }),
    ...(some.constraints === undefined ? {} : { constraints: some.constraints.map(constraintOf) }),
    ...(some.grants === undefined ? {} : { grants: some.grants.map((grant) => withoutNull(grant) as unknown as GrantFacts) }),
  }
}

function indexOf(told: IndexFacts): IndexFacts {
  const { columns, ...rest } = told
  const facts = withoutNull(rest)
  if (facts.nullsNotDistinct === false) delete facts.nullsNotDistinct
  return { ...facts, columns } as unknown as IndexFacts
}

function constraintOf(told: ConstraintFacts): ConstraintFacts {
  return { ...withoutNull(told), type: CONSTRAINTS[told.type] } as unknown as ConstraintFacts
}

function withoutNull(facts: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null))
}

/** pg_constraint.contype */
const CONSTRAINTS: { readonly [contype: string]: ConstraintFacts['type'] } = {
  c: 'check', f: 'foreign key', p: 'primary key', u: 'unique', x: 'exclusion', n: 'not null',
}

const INDEXES = `select pg_catalog.json_agg(pg_catalog.json_build_object(
  'name', ic.relname, 'definition', pg_catalog.pg_get_indexdef(i.indexrelid), 'method', am.amname,
  'unique', i.indisunique, 'primary', i.indisprimary, 'valid', i.indisvalid, 'partial', i.indpred is not null,
  'columns', (select pg_catalog.json_agg(a.attname order by k.place) from unnest(i.indkey::pg_catalog.int2[]) with ordinality k (attnum, place)
    left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum <> 0
    where k.place <= coalesce((pg_catalog.to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts)),
  'include', (select coalesce(pg_catalog.json_agg(a.attname order by k.place), '[]') from unnest(i.indkey::pg_catalog.int2[]) with ordinality k (attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where k.place > coalesce((pg_catalog.to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts)),
  'plain', i.indexprs is null and i.indpred is null
    and not exists (select from unnest(i.indoption::pg_catalog.int2[]) o (option) where o.option <> 0)
    and not exists (select from unnest(i.indclass::pg_catalog.oid[]) o (oid) join pg_catalog.pg_opclass op on op.oid = o.oid where not op.opcdefault)
    and not exists (select from unnest(i.indkey::pg_catalog.int2[], i.indcollation::pg_catalog.oid[]) k (attnum, sorting)
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where k.sorting is not null and k.sorting <> 0 and k.sorting <> a.attcollation),
  'nullsNotDistinct', (pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean,
  'constraint', (select c.conname from pg_catalog.pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x') limit 1),
  'comment', pg_catalog.obj_description(i.indexrelid, 'pg_class')) order by ic.relname)
from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid join pg_catalog.pg_am am on am.oid = ic.relam
where i.indrelid = c.oid`

const CONSTRAINTS_OF = `select pg_catalog.json_agg(pg_catalog.json_build_object(
  'name', r.conname, 'type', r.contype::text, 'definition', pg_catalog.pg_get_constraintdef(r.oid),
  'columns', (select coalesce(pg_catalog.json_agg(a.attname order by k.place), '[]') from unnest(r.conkey) with ordinality k (attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = r.conrelid and a.attnum = k.attnum),
  'deferrable', r.condeferrable, 'deferred', r.condeferred, 'validated', r.convalidated,
  'comment', pg_catalog.obj_description(r.oid, 'pg_constraint')) order by r.conname)
from pg_catalog.pg_constraint r where r.conrelid = c.oid and r.contype <> 't'`

const GRANTS = `select pg_catalog.json_agg(pg_catalog.json_build_object(
  'to', case when g.grantee = 0 then 'PUBLIC' else pg_catalog.pg_get_userbyid(g.grantee) end, 'public', g.grantee = 0,
  'privilege', g.privilege_type, 'grantable', g.is_grantable, 'column', g.attname) order by g.attname nulls first, g.grantee, g.privilege_type)
from (
  select x.grantee, x.privilege_type, x.is_grantable, null::pg_catalog.name as attname from pg_catalog.aclexplode(c.relacl) x
  union all
  select x.grantee, x.privilege_type, x.is_grantable, a.attname from pg_catalog.pg_attribute a cross join lateral pg_catalog.aclexplode(a.attacl) x
  where a.attrelid = c.oid and not a.attisdropped and a.attacl is not null
) g`

const DEPENDENTS = `select pg_catalog.json_agg(distinct d.name) from (
  select 'foreign key ' || r.conname || ' of ' || r.conrelid::pg_catalog.regclass::text as name
  from pg_catalog.pg_constraint r where r.confrelid = c.oid and r.contype = 'f' and r.conrelid <> c.oid
  union all
  select case v.relkind when 'm' then 'materialized view ' else 'view ' end || v.oid::pg_catalog.regclass::text
  from pg_catalog.pg_depend p join pg_catalog.pg_rewrite w on w.oid = p.objid join pg_catalog.pg_class v on v.oid = w.ev_class
  where p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and p.refobjid = c.oid and v.oid <> c.oid
  union all
  select 'child table ' || h.inhrelid::pg_catalog.regclass::text from pg_catalog.pg_inherits h where h.inhparent = c.oid
) d`

const FACTS = `select pg_catalog.json_build_object(
  'owner', pg_catalog.pg_get_userbyid(c.relowner), 'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
  'unlogged', c.relpersistence = 'u', 'rowSecurity', c.relrowsecurity, 'partition', c.relispartition,
  'partitionKey', case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end,
  'indexes', (${INDEXES}), 'constraints', (${CONSTRAINTS_OF}), 'grants', (${GRANTS}), 'dependents', (${DEPENDENTS}),
  'triggers', (select pg_catalog.json_agg(t.tgname order by t.tgname) from pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal),
  'rules', (select pg_catalog.json_agg(r.rulename order by r.rulename) from pg_catalog.pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN'),
  'policies', (select pg_catalog.json_agg(p.polname order by p.polname) from pg_catalog.pg_policy p where p.polrelid = c.oid),
  'statistics', (select pg_catalog.json_agg(s.stxname order by s.stxname) from pg_catalog.pg_statistic_ext s where s.stxrelid = c.oid))::text
from pg_catalog.pg_class c where c.oid = $1`
