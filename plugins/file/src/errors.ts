// What the operating system's error codes mean for a move, and what to do about each.
import type { MoveErrorCode } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** What was tried, for the message: `read`, `write to`, `list` ... */
export type Doing = 'read' | 'write to' | 'list' | 'rename' | 'remove' | 'look at'

// The codes of open(2), write(2), rename(2) and their kin: https://man7.org/linux/man-pages/man3/errno.3.html
const MEANINGS: { readonly [code: string]: readonly [MoveErrorCode, string] | undefined } = {
  ENOENT: ['not-found', 'there is no such file or folder: check the path, or make the folder first'],
  EACCES: ['denied', 'this process has no right to it: change the mode of the file and of its folders, or run as its owner'],
  EPERM: ['denied', 'the system does not permit it: check the owner, the mode and the attributes of the file and its folder'],
  EROFS: ['denied', 'the file system is mounted read-only: write somewhere else, or mount it writable'],
  EISDIR: ['bad-address', 'it is a folder: write a "/" at the end to mean the files in it'],
  ENOTDIR: ['bad-address', 'a part of the path is a file and not a folder: check the path'],
  EEXIST: ['already-exists', 'something has this name already: choose another, or remove it first'],
  ELOOP: ['bad-address', 'its symbolic links lead in a circle: name the file itself'],
  ENAMETOOLONG: ['bad-address', 'the name is longer than the file system allows: choose a shorter one'],
  EINVAL: ['bad-address', 'the file system does not allow this name or this kind of access: choose another place'],
  ENOSPC: ['failed', 'the disk is full: free some space, or write to another disk'],
  EDQUOT: ['failed', 'the disk quota is used up: free some space, or write to another disk'],
  EFBIG: ['failed', 'the file would be larger than the file system or the process may write: raise the limit, or write several files'],
  EXDEV: ['failed', 'both names must lie on one file system: choose a name beside the first'],
  EPIPE: ['failed', 'whoever was reading the output closed it before the end'],
  EMFILE: ['busy', 'this process has too many files open: close some, or raise the limit with ulimit -n'],
  ENFILE: ['busy', 'the system has too many files open: try again, or raise fs.file-max'],
  EAGAIN: ['busy', 'the file is not ready: try again'],
  EBUSY: ['busy', 'something else is using it: try again when that has finished'],
  ETXTBSY: ['busy', 'it is a program that is running: try again when it has ended'],
  ESTALE: ['busy', 'the network file system has lost track of it: try again'],
}

/** The vendor's error as a MoveError that names the path, what was tried, and the remedy. A MoveError passes unchanged. */
export function fileError(error: unknown, doing: Doing, path: string): MoveError {
  if (MoveError.is(error)) return error
  const code = codeOf(error)
  const [meaning, remedy] = MEANINGS[code ?? ''] ?? ['failed', `the system says ${code ?? 'nothing more'}`]
  const context = { path, ...(code !== undefined && { system: code }) }
  return new MoveError(meaning, `cannot ${doing} ${JSON.stringify(path)}: ${remedy}`, { cause: error, context })
}

/** The errno name of a system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** A file that is not what it was when it was first seen. */
export function changedError(path: string): MoveError {
  return new MoveError('busy', `${JSON.stringify(path)} changed while it was being moved: try again when whoever writes it has finished`, {
    context: { path },
  })
}

/** The signal of the run fired. */
export function abortedError(signal: AbortSignal): MoveError {
  return new MoveError('aborted', 'the move was stopped before it finished', { cause: signal.reason })
}
