// DuckDB by itself, in a process of its own: `node duckdb-own.js DATABASE STATEMENT`.
import { DuckDBInstance } from '@duckdb/node-api'

const [database, statement] = process.argv.slice(2)
if (database === undefined || statement === undefined) throw new Error('usage: duckdb-own DATABASE STATEMENT')
const instance = await DuckDBInstance.create(database)
const connection = await instance.connect()
const reader = await connection.runAndReadAll(statement)
process.stdout.write(JSON.stringify(reader.getRowsJson()) + '\n')
connection.closeSync()
instance.closeSync()
