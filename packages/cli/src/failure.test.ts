// Checks what is told of errors, and above all what is not: passwords, and messages of vendors that may hold values.
import { MoveError } from '@records-mover/core'
import { expect, test } from 'vitest'
import { EXIT_CODES } from './exit-codes.js'
import { failureOf } from './failure.js'
import { failureLines } from './failure-lines.js'
import { UsageError } from './usage.js'

const plain = { styleTold: (_style: unknown, text: string): string => text }

test('keeps the exit codes that scripts rely on', () => {
  expect(EXIT_CODES).toEqual({
    'failed': 1, 'unknown-scheme': 3, 'foreign-contract': 3, 'bad-address': 3, 'no-route': 3, 'refused': 3, 'not-found': 4, 'already-exists': 4,
    'denied': 5, 'untrusted': 5, 'bad-data': 6, 'lost-rows': 6, 'over-limit': 6, 'busy': 7, 'in-doubt': 8, 'aborted': 130,
  })
  expect(failureOf(new UsageError('no')).exitCode).toBe(2)
})

test('writes a sentence, then the code and the facts', () => {
  const error = new MoveError('bad-data', 'orders.csv line 3: mend it', { context: { file: 'orders.csv', line: '3' } })
  expect(failureLines(failureOf(error), plain, false)).toEqual(['mvrec: orders.csv line 3: mend it', '  (bad-data; file orders.csv, line 3)'])
  expect(failureLines(failureOf(new MoveError('busy', 'later')), plain, false)).toEqual(['mvrec: later', '  (busy, may succeed later)'])
  expect(failureLines(failureOf(new UsageError('wrong')), plain, false)).toEqual(['mvrec: wrong'])
})

test('tells causes only when asked, and no message that may hold a value', () => {
  const driver = Object.assign(new Error('invalid input syntax for type integer: "canary-value"'), { code: '22P02', name: 'DatabaseError' })
  const system = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED', syscall: 'connect' })
  const lines = (cause: unknown): string[] => failureLines(failureOf(new MoveError('bad-data', 'no', { cause })), plain, true)
  expect(lines(driver)).toEqual(['mvrec: no', '  (bad-data)', '  caused by DatabaseError 22P02 (its message may hold values of records, and is left out)'])
  expect(lines(system)[2]).toBe('  caused by Error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1')
  expect(lines(new SyntaxError('Cannot convert canary-value to a BigInt'))[2]).not.toContain('canary-value')
  expect(lines('canary-value')[2]).toBe('  caused by something that is no error')
  expect(lines(new MoveError('denied', 'outer', { cause: system })).slice(2)).toEqual(['  caused by outer (denied)', '  caused by Error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1'])
  expect(failureLines(failureOf(new MoveError('denied', 'no', { cause: system })), plain, false)).toHaveLength(2)
})

test('keeps the message of an unexpected error to itself', () => {
  expect(failureOf(new TypeError('canary-value is not iterable'))).toMatchObject({ code: 'failed', exitCode: 1, message: 'an unexpected TypeError stopped it: please report this' })
})

test('covers the password of a URL in whatever text', () => {
  const error = new MoveError('failed', 'cannot open postgres://app:canary@h/d and //u:can@ary@h', { context: { at: 'x://u:canary@h' } })
  const told = failureLines(failureOf(error), plain, true).join('\n')
  expect(told).not.toMatch(/canary|ary@/)
  expect(told).toContain('postgres://app:***@h/d')
})

test('shows control characters of a message as escapes', () => {
  const error = new MoveError('not-found', 'no "a\u001b[2J"', { context: { file: 'b\nc' } })
  expect(failureLines(failureOf(error), plain, false)).toEqual(['mvrec: no "a\\x1b[2J"', '  (not-found; file b\\nc)'])
})
