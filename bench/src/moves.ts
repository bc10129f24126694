// The comparisons that are published: what is moved, against whose tool, how much longer it may take, and how each result is proved.
import { rm } from 'node:fs/promises'
import { sha256 } from './lineitem.js'
import type { Places } from './places.js'
import { address, dropTable, duckdbDigest, duckdbOwn, emptyDuckdb, emptyTable, mover, postgresDigest, psql, TABLE } from './places.js'
import { run } from './timing.js'

export interface Comparison {
  readonly move: string
  readonly against: string
  readonly most: number
  /** Brings the places to where both sides start. */
  readonly prepare: (places: Places) => Promise<void>
  readonly ours: (places: Places) => Promise<{ seconds: number, output: string }>
  readonly theirs: (places: Places) => Promise<{ seconds: number }>
  /** What the target holds, as text that is equal only when every value is. */
  readonly proof: (places: Places) => Promise<string>
}

export const COMPARISONS: readonly Comparison[] = [
  {
    move: 'Postgres to Postgres, same types',
    against: 'psql COPY TO STDOUT (text) | psql COPY FROM STDIN',
    most: 0.8,
    prepare: (places) => emptyTable(places, places.to),
    ours: (places) => run(mover(address(places, places.from), address(places, places.to), 'append')),
    theirs: (places) => run(psql(places, places.from, `copy ${TABLE} to stdout`), psql(places, places.to, `copy ${TABLE} from stdin`)),
    proof: (places) => postgresDigest(places, places.to),
  },
  {
    move: 'CSV file to Postgres, table exists',
    against: 'psql \\copy',
    most: 1.1,
    prepare: (places) => emptyTable(places, places.to),
    ours: (places) => run(mover(places.csv, address(places, places.to), 'append')),
    theirs: copyIn,
    proof: (places) => postgresDigest(places, places.to),
  },
  {
    move: 'CSV file to Postgres, nothing known',
    against: 'psql \\copy into a ready table',
    most: 1.6,
    prepare: (places) => dropTable(places, places.to),
    ours: (places) => run(mover(places.csv, address(places, places.to))),
    async theirs(places) {
      await emptyTable(places, places.to)
      return copyIn(places)
    },
    proof: (places) => postgresDigest(places, places.to),
  },
  {
    move: 'Postgres to CSV file',
    against: 'psql \\copy',
    most: 1.1,
    prepare: (places) => rm(places.out, { force: true }),
    ours: (places) => run(mover(address(places, places.from), places.out)),
    theirs: (places) => run(psql(places, places.from, `\\copy ${TABLE} to '${places.out}' with (format csv, header)`)),
    proof: (places) => sha256(places.out),
  },
  {
    move: 'CSV file to DuckDB, schema known, every value checked',
    against: "DuckDB's own COPY FROM, which rounds silently",
    most: 2.0,
    prepare: emptyDuckdb,
    ours: (places) => run(mover(places.csv, `duckdb:${places.duckdb}#${TABLE}`, 'append')),
    theirs: (places) => run(duckdbOwn(places.duckdb, `copy ${TABLE} from '${places.csv}' (format csv, header, allow_quoted_nulls false)`)),
    proof: duckdbDigest,
  },
  {
    move: 'DuckDB to CSV file',
    against: "DuckDB's own COPY TO",
    most: 1.3,
    prepare: (places) => rm(places.out, { force: true }),
    ours: (places) => run(mover(`duckdb:${places.duckdb}#${TABLE}`, places.out)),
    theirs: (places) => run(duckdbOwn(places.duckdb, `copy ${TABLE} to '${places.out}' (format csv, header)`)),
    proof: (places) => sha256(places.out),
  },
]

function copyIn(places: Places): Promise<{ seconds: number }> {
  return run(psql(places, places.to, `\\copy ${TABLE} from '${places.csv}' with (format csv, header)`))
}
