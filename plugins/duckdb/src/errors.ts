// What DuckDB's errors mean: the one place where they become a MoveError.
import type { MoveErrorCode } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/**
 * An error of DuckDB as a MoveError; a MoveError is passed on as it is.
 *
 * DuckDB 1.5 tells errors apart by the words before the first colon and, within them, by text only:
 * https://github.com/duckdb/duckdb/blob/v1.5-variegata/src/common/exception.cpp. Its text may hold values of records, so it stays on `cause`.
 */
export function duckdbError(error: unknown, what: string): MoveError {
  if (MoveError.is(error)) return error
  const text = error instanceof Error ? error.message : String(error)
  const [, pattern, code, remedy] = MEANINGS.find(([kind, words]) => text.startsWith(kind) && words.test(text)) ?? ['', /^/, 'failed', 'see the cause'] as const
  const found = pattern.exec(text)
  const named = found?.groups?.named
  const filled = remedy.replaceAll('{named}', named ?? '')
  return new MoveError(code, `${what}: ${filled}`, { cause: error })
}

type Meaning = readonly [kind: string, words: RegExp, code: MoveErrorCode, remedy: string]

// `named` is an identifier or a process id, never a value of a record.
const MEANINGS: readonly Meaning[] = [
  ['IO Error', /Could not set lock on file.*?(?:\((?<named>PID \d+)\)|$)/s, 'busy', 'another process ({named}) has the database open: close it there, or try again later'],
  ['IO Error', /not a valid DuckDB database/, 'bad-address', 'the file is no DuckDB database: name another one'],
  ['IO Error', /(?:file is too small|Trying to read a database file with version|checksum|Corrupt)/i, 'bad-address', 'the file is damaged, or was written by another version of DuckDB'],
  ['IO Error', /(?:No space left on device|not enough (?:disk )?space|Disk quota)/i, 'failed', 'the disk is full: free some space, or write to another disk'],
  ['IO Error', /(?:Permission denied|Read-only file system|Operation not permitted)/, 'denied', 'no permission: change the rights of the file and its folder, or choose another place'],
  ['IO Error', /Is a directory/, 'bad-address', 'it is a folder: name a file in it'],
  ['IO Error', /(?:database does not exist|No such file or directory|Not a directory)/, 'not-found', 'there is no such file or folder'],
  ['IO Error', /File already exists/i, 'already-exists', 'the file exists already'],
  ['Catalog Error', /Table with name "?(?<named>[^"!]*?)"? already exists/s, 'already-exists', 'it exists already'],
  ['Catalog Error', /(?:Table|Schema|View|Column|Type|Scalar Function|Table Function) with name "?(?<named>[^"!]*?)"? does not exist/s, 'not-found', '"{named}" does not exist'],
  ['Catalog Error', /Could not (?:drop|alter) the table because/, 'refused', 'another table refers to this one: drop or change that table first'],
  ['Dependency Error', /^/, 'refused', 'other objects depend on this one: drop or change them first'],
  ['Binder Error', /^/, 'refused', 'DuckDB cannot bind the statement; see the cause'],
  ['Parser Error', /^/, 'refused', 'DuckDB cannot read the statement; see the cause'],
  ['Constraint Error', /NOT NULL constraint failed: (?<named>\S+)/, 'bad-data', 'a null arrived for {named}, which takes none'],
  ['Constraint Error', /^/, 'bad-data', 'records break a key, unique, check or foreign key constraint of the table'],
  ['Conversion Error', /^/, 'bad-data', 'a value does not fit its column'],
  ['Out of Range Error', /^/, 'bad-data', 'a value is outside the range of its column'],
  ['Invalid Input Error', /^Invalid Input Error: (?:CSV Error|Error when (?:converting|sniffing))/, 'bad-data', 'a record of the file cannot be read'],
  ['Invalid Input Error', /Malformed JSON|Invalid (?:unicode|string encoding)|not exact:/i, 'bad-data', 'a value does not fit its column exactly'],
  ['Out of Memory Error', /^/, 'over-limit', 'the memory limit is too low: raise memory-limit in the address'],
  ['TransactionContext Error', /read-only mode/, 'denied', 'the query would write: a source only reads'],
  ['TransactionContext Error', /Conflict|conflict/, 'busy', 'another move changed the table at the same time: try again'],
  ['Transaction', /[Cc]onflict/, 'busy', 'another move changed the table at the same time: try again'],
  ['Invalid Input Error', /multiple statements/, 'refused', 'it is more than one statement; write one select'],
  ['Invalid Input Error', /read-only mode/, 'denied', 'the database is open for reading only'],
  // Of the file system, before DuckDB is asked.
  ['EACCES', /^/, 'denied', 'no permission: change the rights of the file and its folder'],
  ['EPERM', /^/, 'denied', 'no permission: change the rights of the file and its folder'],
  ['EISDIR', /^/, 'bad-address', 'it is a folder: name a file in it'],
  ['ENOENT', /^/, 'not-found', 'there is no such file'],
  ['INTERRUPT Error', /^/, 'aborted', 'stopped before it finished'],
]
