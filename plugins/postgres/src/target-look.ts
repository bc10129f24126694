// What a target has to know of its database before it can say how records would arrive.
import type { TableName } from './address.js'
import type { Relation } from './catalog.js'
import type { Session } from './connect.js'
import type { KnownTypes } from './ddl-type.js'
import type { TargetState, Ties } from './landing-plan.js'
import type { TypeFacts } from './origin.js'
import { MoveError } from '@records-mover/core/plugin'
import { tableText } from './address.js'
import { readTable } from './catalog.js'
import { knownTypeKey } from './ddl-type.js'

/**
 * Looks at the table and at what a new one could be made with.
 *
 * @throws MoveError `not-found` when the schema is not there; `bad-address` when no schema is told and none is in the search path.
 */
export async function lookAtTarget(session: Session, table: TableName): Promise<TargetState> {
  const types = await readKnownTypes(session)
  const { user } = session.server
  const relation = await readTable(session, table)
  if (relation !== undefined) return { name: relation.name, relation, ties: await readTies(session, relation), types, user }
  return { name: { schema: await schemaFor(session, table), name: table.name }, types, user }
}

/** What the table is fenced by: equal when nobody has made it anew or changed it in between. */
export function fence({ oid, schema, facts }: Relation): string {
  const fields = schema.fields.map(({ name, nullable, origin }) => {
    // How far a sequence has got changes with every insert.
    const { sequence, ...own } = origin!.facts as { readonly sequence?: unknown }
    return [name, nullable, origin!.type, own, sequence !== undefined]
  })
  return JSON.stringify([oid, facts.kind, fields])
}

async function schemaFor(session: Session, table: TableName): Promise<string> {
  const doing = { doing: `look for a place for ${tableText(table)}` }
  if (table.schema !== undefined) {
    const { rows } = await session.query('select nspname from pg_catalog.pg_namespace where nspname = $1', [table.schema], doing)
    if (rows.length > 0) return table.schema
    throw new MoveError('not-found', `there is no schema "${table.schema}" in database ${session.server.database}: create it first`, { context: { schema: table.schema } })
  }
  const schema = (await session.query('select pg_catalog.current_schema()', [], doing)).rows[0]?.[0]
  if (typeof schema === 'string') return schema
  throw new MoveError('bad-address', `no schema of the search path exists in database ${session.server.database}: name one, as in #public.${table.name}`)
}

async function readTies(session: Session, { oid, name }: Relation): Promise<Ties> {
  const { rows } = await session.query(TIES, [oid], { doing: `look at what hangs on ${tableText(name)}` })
  return JSON.parse(rows[0]![0]!) as Ties
}

async function readKnownTypes(session: Session): Promise<KnownTypes> {
  const { rows } = await session.query(TYPES, [], { doing: 'look at the types of the database' })
  const types = rows.map((row) => JSON.parse(row[0]!) as TypeRow)
  return new Map(types.map(({ extension, labels, base, ...facts }) => [knownTypeKey(facts.schema, facts.name), {
    ...facts,
    modifier: -1,
    ...(extension !== null && { extension }),
    ...(labels !== null && { labels }),
    ...(base !== null && { base: baseFacts(base) }),
  }]))
}

interface TypeRow {
  readonly schema: string
  readonly name: string
  readonly kind: TypeFacts['kind']
  readonly extension: string | null
  readonly labels: readonly string[] | null
  /** Of a domain: the type below it and all domains under it. */
  readonly base: BaseRow | null
}

interface BaseRow {
  readonly schema: string
  readonly name: string
  readonly kind: TypeFacts['kind']
  readonly modifier: number
  readonly array: boolean
}

function baseFacts({ array, ...facts }: BaseRow): TypeFacts {
  return { ...facts, ...(array && { array }) }
}

// Types of the user's own and of extensions; not the row types of tables, not arrays, which belong to their elements.
const TYPES = `with recursive t as (
  select t.oid, n.nspname, t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typnamespace
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_temp%' and n.nspname not like 'pg\\_toast%'
    and t.typtype in ('b', 'e', 'd', 'r', 'm', 'c') and t.typisdefined
    and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid)
    and (t.typrelid = 0 or exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
    and pg_catalog.has_type_privilege(t.oid, 'usage')
), kind (typtype, kind) as (values ('b'::"char", 'base'), ('e', 'enum'), ('d', 'domain'), ('c', 'composite'), ('r', 'range'), ('m', 'multirange')),
chain (oid, depth, next, modifier) as (
  select t.oid, 1, t.typbasetype, t.typtypmod from t where t.typtype = 'd'
  union all
  select chain.oid, chain.depth + 1, b.typbasetype, b.typtypmod from chain join pg_catalog.pg_type b on b.oid = chain.next where b.typtype = 'd'
), bottom as (select distinct on (oid) oid, next, modifier from chain order by oid, depth desc)
select pg_catalog.json_build_object(
  'schema', t.nspname, 'name', t.typname, 'kind', k.kind,
  'extension', (select x.extname from pg_catalog.pg_depend d join pg_catalog.pg_extension x on x.oid = d.refobjid
    where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e' and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass),
  'labels', (select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid),
  'base', (select pg_catalog.json_build_object('schema', bn.nspname, 'name', coalesce(el.typname, b.typname), 'kind', bk.kind,
      'modifier', bottom.modifier, 'array', el.oid is not null)
    from bottom join pg_catalog.pg_type b on b.oid = bottom.next
    left join pg_catalog.pg_type el on el.typarray = b.oid
    join pg_catalog.pg_namespace bn on bn.oid = coalesce(el.typnamespace, b.typnamespace)
    join kind bk on bk.typtype = coalesce(el.typtype, b.typtype)
    where bottom.oid = t.oid))::text
from t join kind k on k.typtype = t.typtype`

const TIES = `select pg_catalog.json_build_object(
  'owned', pg_catalog.pg_has_role(c.relowner, 'usage'),
  'inherits', exists (select from pg_catalog.pg_inherits h where h.inhrelid = c.oid),
  'publications', (select coalesce(pg_catalog.json_agg(p.pubname order by p.pubname), '[]')
    from pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid where r.prrelid = c.oid),
  'dependents', (select coalesce(pg_catalog.json_agg(distinct pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)), '[]')
    from pg_catalog.pg_depend d
    where d.deptype = 'n' and d.classid <> 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      and not (d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
        and exists (select from pg_catalog.pg_constraint r where r.oid = d.objid and (r.conrelid = c.oid or r.contype = 'f')))
      and not (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid)
      and not (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and exists (select from pg_catalog.pg_index i where i.indexrelid = d.objid and i.indrelid = c.oid))
      and not (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and exists (select from pg_catalog.pg_attrdef a where a.oid = d.objid and a.adrelid = c.oid))
      and not (d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass)
      and (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = c.oid
        or d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.refobjid in (
          select y.oid from pg_catalog.pg_type y where y.oid = c.reltype
          union all select y.typarray from pg_catalog.pg_type y where y.oid = c.reltype and y.typarray <> 0))))::text
from pg_catalog.pg_class c where c.oid = $1`
