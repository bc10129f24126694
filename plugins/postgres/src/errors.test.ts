// Vendor errors in, codes out: the fixtures of the one mapping.
import { MoveError } from '@records-mover/core/plugin'
import { describe, expect, test } from 'vitest'
import { moveError } from './errors.js'

const facts = { doing: 'load public.orders', server: 'db.example:5432' }

function vendor(code: string | undefined, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code }, more)
}

// Messages, SQLSTATEs and `where` as PostgreSQL 15 and Node 20 give them.
const FIXTURES: readonly [code: string | undefined, message: string, more: object, expected: string, text: RegExp][] = [
  ['28P01', 'password authentication failed for user "app"', {}, 'denied', /check user and password/],
  ['28000', 'no pg_hba.conf entry for host "127.0.0.1", user "app", database "d", no encryption', {}, 'denied', /tls-ca/],
  ['28000', 'role "app" is not permitted to log in', {}, 'denied', /pg_hba/],
  ['42501', 'permission denied for table orders', {}, 'denied', /grant the right/],
  ['25006', 'cannot execute DELETE in a read-only transaction', {}, 'denied', /read only/],
  ['42P01', 'relation "orders" does not exist', {}, 'not-found', /relation "orders" does not exist/],
  ['3F000', 'schema "shop" does not exist', {}, 'not-found', /schema "shop"/],
  ['3D000', 'database "nope" does not exist', {}, 'not-found', /check the database/],
  ['42P07', 'relation "orders" already exists', {}, 'already-exists', /already exists/],
  ['08006', 'connection failure', {}, 'busy', /repeat later/],
  ['53300', 'sorry, too many clients already', {}, 'busy', /repeat later/],
  ['55P03', 'could not obtain lock on relation "orders"', {}, 'busy', /lock/],
  ['40001', 'could not serialize access due to concurrent update', {}, 'busy', /repeat/],
  ['40P01', 'deadlock detected', {}, 'busy', /deadlock/],
  ['57014', 'canceling statement due to user request', {}, 'busy', /cancelled/],
  ['57P01', 'terminating connection due to administrator command', {}, 'busy', /terminating/],
  ['57P03', 'the database system is starting up', {}, 'busy', /starting/],
  ['22P02', 'invalid input syntax for type integer: "s3cret"', { where: 'COPY orders, line 3, column amount: "s3cret"' }, 'bad-data', /spelled as its type wants at line 3, column amount$/],
  ['22001', 'value too long for type character varying(2)', { where: 'COPY my, line 9, table, line 12, column c: "s3cret"' }, 'bad-data', /line 9/],
  ['22P04', 'missing data for column "b"', { where: 'COPY orders, line 2: "s3cret"' }, 'bad-data', /too few or too many fields, or is not quoted right at line 2$/],
  ['23505', 'duplicate key value violates unique constraint "k"', { detail: 'Key (a)=(s3cret) already exists.', constraint: 'k', table: 'orders' }, 'bad-data', /unique key/],
  ['23502', 'null value in column "a" of relation "orders" violates not-null constraint', { detail: 'Failing row contains (s3cret).', column: 'a' }, 'bad-data', /a null stands/],
  ['22099', 'quoting "s3cret"', {}, 'bad-data', /refuses a record/],
  ['08P01', 'no such database: d', {}, 'failed', /no such database/],
  ['42601', 'syntax error at or near "selec"', {}, 'refused', /syntax error/],
  ['0A000', 'cannot copy from foreign table', {}, 'refused', /foreign/],
  ['54000', 'program limit exceeded', {}, 'over-limit', /limit/],
  ['53100', 'could not extend file: No space left on device', {}, 'failed', /out of room/],
  ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', {}, 'busy', /db\.example:5432: nothing listens there/],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND db.example', {}, 'not-found', /host name is unknown/],
  ['ETIMEDOUT', 'connect ETIMEDOUT', {}, 'busy', /no answer in time/],
  ['ECONNRESET', 'read ECONNRESET', {}, 'busy', /cut/],
  [undefined, 'Connection terminated unexpectedly', {}, 'busy', /closed the connection/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', {}, 'untrusted', /tls-ca/],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', {}, 'untrusted', /not trusted/],
  ['CERT_HAS_EXPIRED', 'certificate has expired', {}, 'untrusted', /CERT_HAS_EXPIRED/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match certificate\'s altnames', {}, 'untrusted', /another host/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', {}, 'untrusted', /no TLS/],
  [undefined, 'something else', {}, 'failed', /something else/],
]

describe('moveError', () => {
  test.each(FIXTURES)('%s "%s"', (code, message, more, expected, text) => {
    const cause = vendor(code, message, more)
    const error = moveError(cause, facts)
    expect(error.code).toBe(expected)
    expect(error.message).toMatch(text)
    expect(error.message).toMatch(/^cannot load public\.orders: /)
    expect(error.cause).toBe(cause)
    expect(error.temporary).toBe(expected === 'busy')
    expect(JSON.stringify([error.message, error.context])).not.toContain('s3cret')
  })

  test('names line, column, table and constraint in the context', () => {
    const error = moveError(vendor('22P02', 'x', { where: 'COPY orders, line 3, column amount: "1:2, line 5"' }), facts)
    expect(error.context).toEqual({ server: 'db.example:5432', sqlstate: '22P02', line: '3', column: 'amount' })
    expect(moveError(vendor('23505', 'x', { table: 'orders', constraint: 'k' }), facts).context).toMatchObject({ table: 'orders', constraint: 'k' })
  })

  test('is `aborted` with the signal\'s reason once the signal has fired', () => {
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    const error = moveError(vendor('57014', 'canceling statement due to user request'), { ...facts, signal: stop.signal })
    expect(error.code).toBe('aborted')
    expect(error.cause).toEqual(new Error('enough'))
  })

  test('passes a MoveError through unchanged', () => {
    const error = new MoveError('refused', 'no')
    expect(moveError(error, facts)).toBe(error)
  })
})
