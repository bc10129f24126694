// Cuts a large table into ranges of pages that together are the whole table, each read in one sweep.
import type { Session } from './connect.js'

/** A condition for each slice, which no row fulfils twice and every row once; one empty condition for a table that stays whole. */
export interface Slices {
  readonly conditions: readonly string[]
  /** For the plan. */
  readonly note?: string
}

// From here on a range of row positions is read without visiting the rest: https://www.postgresql.org/docs/14/release-14.html
const RANGE_SCAN_SINCE = 140_000
/** A slice of fewer pages (of 8 KiB: 32 MiB) is not worth a session. */
const SLICE_PAGES = 4096
/** Slices for each part that may be in work at once, so that none waits long for the last. */
const SLICES_EACH = 4
const WHOLE: Slices = { conditions: [''] }

/** How to slice the relation with identifier `oid`, with so many parts in work at once. */
export async function sliceTable(session: Session, oid: string, kind: string, concurrency: number): Promise<Slices> {
  if (concurrency < 2 || session.server.version < RANGE_SCAN_SINCE || !SLICEABLE.includes(kind)) return WHOLE
  const { rows } = await session.query(PAGES, [oid], { doing: 'measure the table' })
  const [most, all] = [Number(rows[0]![0]), Number(rows[0]![1])]
  // A foreign child has no pages of this server.
  if (rows[0]![2] === 't') return WHOLE
  const count = Math.min(Math.floor(all / SLICE_PAGES), concurrency * SLICES_EACH)
  if (count < 2) return WHOLE
  return {
    conditions: pageRanges(most, count),
    note: `read in ${count} slices of its pages, at most ${concurrency} side by side, under one snapshot`,
  }
}

const SLICEABLE = ['table', 'partitioned table', 'materialized view']

/**
 * Conditions over `ctid` that cut pages 0 to `pages` into `count` ranges. The first has no lower bound and the last no upper one, so
 * that they hold every row wherever the table has grown to.
 */
export function pageRanges(pages: number, count: number): readonly string[] {
  const bounds = Array.from({ length: count - 1 }, (_, i) => Math.floor(pages * (i + 1) / count))
  return Array.from({ length: count }, (_, i) => {
    const from = i === 0 ? [] : [`ctid >= '(${bounds[i - 1]!},0)'::pg_catalog.tid`]
    const to = i === count - 1 ? [] : [`ctid < '(${bounds[i]!},0)'::pg_catalog.tid`]
    return [...from, ...to].join(' and ')
  })
}

/** Pages of the largest table among the relation and its children, and of all; and whether one of them is foreign. */
const PAGES = `with recursive tree (oid) as (
  select $1::pg_catalog.oid
  union
  select h.inhrelid from tree join pg_catalog.pg_inherits h on h.inhparent = tree.oid
)
select coalesce(max(size), 0), coalesce(sum(size), 0), bool_or(kind = 'f')
from (select c.relkind as kind, pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint as size
  from tree join pg_catalog.pg_class c on c.oid = tree.oid where c.relkind in ('r', 'm', 'f')) sizes`
