// The system's errors in, the move's errors out.
import { MoveError } from '@records-mover/core/plugin'
import { expect, test } from 'vitest'
import { changedError, fileError } from './errors.js'

test.each([
  ['ENOENT', 'not-found', 'check the path'], ['EACCES', 'denied', 'no right'], ['EPERM', 'denied', 'does not permit'], ['EROFS', 'denied', 'read-only'],
  ['EISDIR', 'bad-address', 'write a "/"'], ['ENOTDIR', 'bad-address', 'a file and not a folder'], ['EEXIST', 'already-exists', 'choose another'], ['ELOOP', 'bad-address', 'circle'], ['ENAMETOOLONG', 'bad-address', 'shorter'],
  ['ENOSPC', 'failed', 'free some space'], ['EDQUOT', 'failed', 'free some space'], ['EFBIG', 'failed', 'several files'], ['EXDEV', 'failed', 'one file system'],
  ['EPIPE', 'failed', 'closed it'], ['EMFILE', 'busy', 'ulimit'], ['ENFILE', 'busy', 'file-max'], ['EBUSY', 'busy', 'try again'], ['EIO', 'failed', 'the system says EIO'],
])('%s is %s', (code, meaning, remedy) => {
  const cause = Object.assign(new Error(`${code}: something, open '/data/a.csv'`), { code, syscall: 'open' })
  const error = fileError(cause, 'read', '/data/a.csv')
  expect(error).toMatchObject({ code: meaning, temporary: meaning === 'busy', cause, context: { path: '/data/a.csv', system: code } })
  expect(error.message).toMatch(/^cannot read "\/data\/a.csv": /)
  expect(error.message).toContain(remedy)
})

test('a MoveError passes unchanged', () => {
  const error = new MoveError('lost-rows', 'one is missing')
  expect(fileError(error, 'write to', '/x')).toBe(error)
})

test('what is no error of the system is `failed`, with its cause', () => {
  const error = fileError('boo', 'list', '/x')
  expect(error).toMatchObject({ code: 'failed', cause: 'boo', context: { path: '/x' } })
})

test('a file that changed may be tried again', () => {
  expect(changedError('/x')).toMatchObject({ code: 'busy', temporary: true, context: { path: '/x' } })
})
