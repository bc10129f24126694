// Reads the types of columns from the catalog, down to the elements of arrays and the bases of domains.
import type { Session } from './connect.js'
import type { TypeFacts } from './origin.js'

/** A column's type by its identifier, and its modifier. */
export interface TypeUse {
  readonly typeOid: string
  readonly modifier: number
}

export interface TypeOf {
  /** As the server spells it. */
  readonly text: string
  readonly facts: TypeFacts
}

/** The types of some columns, in their order. The search path is to be empty, so that names are spelled in full. */
export async function readTypes(session: Session, uses: readonly TypeUse[]): Promise<readonly TypeOf[]> {
  if (uses.length === 0) return []
  const doing = { doing: 'look at the types' }
  const oids = `{${uses.map((use) => use.typeOid).join(',')}}`
  const texts = await session.query(SPELLED, [oids, `{${uses.map((use) => use.modifier).join(',')}}`], doing)
  const rows = (await session.query(TYPES, [oids], doing)).rows.map((row) => JSON.parse(row[0]!) as TypeRow)
  const byOid = new Map(rows.map((row) => [row.oid, row]))
  return uses.map((use, i) => ({ text: texts.rows[i]![0]!, facts: factsOf(byOid, use.typeOid, use.modifier) }))
}

interface TypeRow {
  readonly oid: string
  readonly schema: string
  readonly name: string
  /** pg_type.typtype */
  readonly kind: string
  /** Of a true array: its element type. */
  readonly element: string | null
  readonly base: string
  readonly baseModifier: number
  readonly notNull: boolean
  readonly default: string | null
  readonly extension: string | null
  readonly labels: readonly string[] | null
  readonly checks: NonNullable<TypeFacts['checks']> | null
  readonly attributes: NonNullable<TypeFacts['attributes']> | null
}

/** pg_type.typtype */
const KINDS: { readonly [typtype: string]: TypeFacts['kind'] } = {
  b: 'base', e: 'enum', d: 'domain', c: 'composite', r: 'range', m: 'multirange', p: 'pseudo',
}

function factsOf(types: ReadonlyMap<string, TypeRow>, oid: string, modifier: number): TypeFacts {
  const row = types.get(oid)!
  if (row.element !== null) return { ...factsOf(types, row.element, modifier), array: true }
  return {
    schema: row.schema, name: row.name, modifier, kind: KINDS[row.kind] ?? 'base',
    ...(row.extension === null ? {} : { extension: row.extension }),
    ...(row.labels === null ? {} : { labels: row.labels }),
    ...(row.kind === 'd' ? domainFacts(types, row) : {}),
    ...(row.attributes === null ? {} : { attributes: row.attributes }),
  }
}

function domainFacts(types: ReadonlyMap<string, TypeRow>, row: TypeRow): Partial<TypeFacts> {
  return {
    base: factsOf(types, row.base, row.baseModifier),
    ...(row.notNull ? { notNull: true } : {}),
    ...(row.default === null ? {} : { default: row.default }),
    ...(row.checks === null ? {} : { checks: row.checks }),
  }
}

const SPELLED = `select pg_catalog.format_type(u.oid, u.modifier)
from unnest($1::pg_catalog.oid[], $2::pg_catalog.int4[]) with ordinality as u (oid, modifier, place) order by u.place`

const TYPES = `with recursive used (oid) as (
  select unnest($1::pg_catalog.oid[])
  union
  select below.oid from used join pg_catalog.pg_type t on t.oid = used.oid
  cross join lateral (values (t.typelem), (t.typbasetype)) as below (oid) where below.oid <> 0
)
select pg_catalog.json_build_object(
  'oid', t.oid::text, 'schema', n.nspname, 'name', t.typname, 'kind', t.typtype::text,
  'element', (select e.oid::text from pg_catalog.pg_type e where e.oid = t.typelem and e.typarray = t.oid),
  'base', t.typbasetype::text, 'baseModifier', t.typtypmod, 'notNull', t.typnotnull, 'default', t.typdefault,
  'extension', (select x.extname from pg_catalog.pg_depend d join pg_catalog.pg_extension x on x.oid = d.refobjid
    where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e'
      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass),
  'labels', (select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid),
  'checks', (select pg_catalog.json_agg(pg_catalog.json_build_object('name', c.conname, 'definition', pg_catalog.pg_get_constraintdef(c.oid)) order by c.conname)
    from pg_catalog.pg_constraint c where c.contypid = t.oid and c.contype = 'c'),
  'attributes', (select pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum)
    from pg_catalog.pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped))::text
from used join pg_catalog.pg_type t on t.oid = used.oid join pg_catalog.pg_namespace n on n.oid = t.typnamespace`
