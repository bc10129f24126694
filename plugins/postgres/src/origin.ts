// The facts that PostgreSQL tables and columns carry in `origin`, so that another PostgreSQL can rebuild them.
import type { Field, Origin, RecordsSchema } from '@records-mover/core/plugin'

/** The `system` of every origin of this plugin. */
export const SYSTEM = 'postgres'

/** A type as the catalog knows it; never pasted into SQL, but rebuilt from its parts. */
export interface TypeFacts {
  /** `pg_catalog` for built-in types. */
  readonly schema: string
  /** Name in pg_type, such as `int8` or `numeric`; for an array, that of its elements (arrays have no types of their own here). */
  readonly name: string
  /** The type modifier as pg_attribute holds it; -1 for none. */
  readonly modifier: number
  readonly array?: true
  readonly kind: 'base' | 'enum' | 'domain' | 'composite' | 'range' | 'multirange' | 'pseudo'
  /** The extension that brings the type, such as `hstore`. */
  readonly extension?: string
  /** Of an enum, in their order. */
  readonly labels?: readonly string[]
  /** Of a domain: the type below it, which may be a domain again. */
  readonly base?: TypeFacts
  readonly notNull?: true
  /** Of a domain: its default expression. */
  readonly default?: string
  readonly checks?: readonly { readonly name: string, readonly definition: string }[]
  /** Of a composite type: its attributes in order. Only names and spelled types. */
  readonly attributes?: readonly { readonly name: string, readonly type: string }[]
}

/** `origin.facts` of a field. Expressions and definitions are the server's own spelling: foreign code. */
export interface FieldFacts {
  readonly type: TypeFacts
  /** Default expression, as pg_get_expr spells it. */
  readonly default?: string
  /** Expression of a generated column, and how it is kept. */
  readonly generated?: { readonly expression: string, readonly kind: 'stored' | 'virtual' }
  readonly identity?: 'always' | 'by default'
  /** The sequence that the column owns (identity or serial). */
  readonly sequence?: SequenceFacts
  /** Collation, where it is not the type's own. */
  readonly collation?: { readonly schema: string, readonly name: string }
  readonly comment?: string
}

export interface SequenceFacts {
  readonly schema: string
  readonly name: string
  readonly type: string
  /** Whole numbers as text: they go to 2^63. */
  readonly start: string
  readonly increment: string
  readonly min: string
  readonly max: string
  readonly cache: string
  readonly cycle: boolean
  /** Absent when the sequence was never used, or may not be read. */
  readonly last?: string
}

/** `origin.facts` of a schema. */
export interface TableFacts {
  readonly kind: 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table' | 'query'
  readonly schema?: string
  readonly name?: string
  readonly owner?: string
  readonly comment?: string
  readonly unlogged?: true
  readonly indexes?: readonly IndexFacts[]
  readonly constraints?: readonly ConstraintFacts[]
  readonly grants?: readonly GrantFacts[]
  /** Of a partitioned table: `RANGE (day)`. */
  readonly partitionKey?: string
  /** True for a table that is itself a partition of another. */
  readonly partition?: true
  /** Names of what a move does not carry, for plans. */
  readonly triggers?: readonly string[]
  readonly rules?: readonly string[]
  readonly policies?: readonly string[]
  readonly rowSecurity?: true
  readonly statistics?: readonly string[]
  /** Views and other tables that depend on this one: foreign keys that point here, views, children by inheritance. */
  readonly dependents?: readonly string[]
}

export interface IndexFacts {
  readonly name: string
  /** As pg_get_indexdef spells it, names and all. */
  readonly definition: string
  readonly method: string
  readonly unique: boolean
  readonly primary: boolean
  /** Column names in order, null for an expression; without INCLUDE columns. */
  readonly columns: readonly (string | null)[]
  /** INCLUDE columns. */
  readonly include: readonly string[]
  /** True when it has a WHERE clause. */
  readonly partial: boolean
  /** True when every column stands alone with default operator class, order and collation. */
  readonly plain: boolean
  readonly nullsNotDistinct?: true
  /** Name of the constraint that owns it. */
  readonly constraint?: string
  readonly valid: boolean
  readonly comment?: string
}

export interface ConstraintFacts {
  readonly name: string
  readonly type: 'check' | 'foreign key' | 'primary key' | 'unique' | 'exclusion' | 'not null'
  /** As pg_get_constraintdef spells it. */
  readonly definition: string
  readonly columns: readonly string[]
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly validated: boolean
  readonly comment?: string
}

export interface GrantFacts {
  /** Role; `PUBLIC` for everybody. */
  readonly to: string
  readonly public: boolean
  /** `SELECT`, `INSERT` ... */
  readonly privilege: string
  readonly grantable: boolean
  /** Present for a privilege on one column. */
  readonly column?: string
}

/** The facts of a field that came from PostgreSQL; undefined for any other, and for facts of another shape. */
export function fieldFacts(field: Field): FieldFacts | undefined {
  const facts = postgresFacts(field.origin)
  return facts !== undefined && isType(facts.type) ? facts as unknown as FieldFacts : undefined
}

/** The facts of a table that came from PostgreSQL; undefined for any other. */
export function tableFacts(schema: RecordsSchema): TableFacts | undefined {
  const facts = postgresFacts(schema.origin)
  return facts !== undefined && typeof facts.kind === 'string' ? facts as unknown as TableFacts : undefined
}

/** Facts as the contract carries them. */
export function asFacts(facts: FieldFacts | TableFacts): { readonly [fact: string]: unknown } {
  return facts as unknown as { readonly [fact: string]: unknown }
}

function postgresFacts(origin: Origin | undefined): { readonly [fact: string]: unknown } | undefined {
  return origin?.system === SYSTEM ? origin.facts : undefined
}

function isType(value: unknown): value is TypeFacts {
  if (typeof value !== 'object' || value === null) return false
  const type = value as Partial<TypeFacts>
  return typeof type.schema === 'string' && typeof type.name === 'string' && typeof type.modifier === 'number' && typeof type.kind === 'string'
}
