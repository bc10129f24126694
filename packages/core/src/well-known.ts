// The fixed list of schemes whose plugin can be named in an error: a name is never made up from a scheme.

export const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  ['duckdb', '@records-mover/duckdb'],
  ['file', '@records-mover/file'],
  ['postgres', '@records-mover/postgres'],
  ['postgresql', '@records-mover/postgres'],
])
