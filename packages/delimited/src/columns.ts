// What is done to each field on its way: how its text is checked, read and written, by the type it has and the type it is wanted as.
import type { Field, FieldType, Loss, RecordsSchema } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'
import type { Read, Spelling } from './readers.js'
import { lossOf, readerOf, wordsOf } from './readers.js'
import { refuseColumns } from './refuse-columns.js'
import type { Write } from './writers.js'
import { RESPELL } from './verdict.js'
import { writerOf } from './writers.js'

/** Text that stays text: strings and JSON, whatever bounds it has. */
export const TEXT = 0
/** A value of a fixed width, read into words. */
export const VALUE = 1
/** Hexadecimal bytes. */
export const HEX = 2

/** One field on its way. */
export interface ColumnPlan {
  readonly field: Field
  /** Its index among the fields of `given`. */
  readonly from: number
  /** How its text is to be understood: TEXT, VALUE or HEX. */
  readonly kind: 0 | 1 | 2
  /** The type whose canonical text is written: `field.type`, or the given type when text is wanted of values. */
  readonly spelled: FieldType
  /** For VALUE: 32-bit words of a value, its reader and its writer. */
  readonly words: number
  readonly read: Read
  readonly write: Write
  /** True for text that must be checked for JSON syntax. */
  readonly json: boolean
  readonly maxBytes: number
  readonly maxChars: number
  /** What a reading that is `LOSSY` counts as, when the caller allowed it. */
  readonly loss: Loss | undefined
}

/**
 * The plan for each field of `as`, found by name among `given`'s. Booleans are read by `from` and written by `to`.
 *
 * @throws MoveError `refused` when a field is missing or a conversion is impossible.
 */
export function planColumns(given: RecordsSchema, as: RecordsSchema, from: Spelling, to: Spelling): ColumnPlan[] {
  const why = refuseColumns(given, as)
  if (why !== undefined) throw new MoveError('refused', why)
  return as.fields.map((field) => {
    const index = given.fields.findIndex((other) => other.name === field.name)
    return planColumn(given.fields[index]!, field, index, from, to)
  })
}

function planColumn(given: Field, as: Field, index: number, from: Spelling, to: Spelling): ColumnPlan {
  const spelled = as.type.type === 'string' ? given.type : as.type
  const kind = spelled.type === 'bytes' ? HEX : wordsOf(spelled) === 0 ? TEXT : VALUE
  // Text of a boolean is canonical text; only a boolean itself is spelled the target's way.
  const written = as.type.type === 'string' ? CANONICAL : to
  return {
    field: as, from: index, kind, spelled,
    words: wordsOf(spelled),
    read: kind === VALUE ? respelled(readerOf(given, spelled, from), spelled, from, written) : unread,
    write: kind === VALUE ? writerOf(spelled, written) : unwritten,
    json: as.type.type === 'json' && given.type.type !== 'json',
    maxBytes: as.type.type === 'string' ? as.type.maxBytes ?? Infinity : Infinity,
    maxChars: as.type.type === 'string' ? as.type.maxChars ?? Infinity : Infinity,
    loss: lossOf(given.type, spelled),
  }
}

/** Booleans as core spells them. */
export const CANONICAL: Spelling = { yes: Buffer.from('true'), no: Buffer.from('false') }

/** A boolean that is spelled as the file spells it has to be written anew where the target spells it in another way. */
function respelled(read: Read, type: FieldType, from: Spelling, to: Spelling): Read {
  if (type.type !== 'boolean' || (from.yes.equals(to.yes) && from.no.equals(to.no))) return read
  return (bytes, start, end, words, at) => Math.max(RESPELL, read(bytes, start, end, words, at))
}

function unread(): never {
  throw new TypeError('text is not read into words')
}

function unwritten(): never {
  throw new TypeError('text is not written from words')
}
