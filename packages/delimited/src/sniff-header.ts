// Whether the first record holds names: judged by what it spells against what the records below it spell.
import { MoveError } from '@records-mover/core/plugin'
import type { Reading } from './sniff-reading.js'
import { cellText } from './sniff-reading.js'
import { columnSpelling, spellingOf, spellsValue } from './sniff-spelling.js'

/** What was decided, and the sentence that says why and how sure. */
export interface HeaderDecision {
  readonly header: boolean
  readonly note: string
}

const OVERRIDE = 'say header-row='

/**
 * Decides whether the first record is a header row. The rule, first match wins:
 *
 * 1. Text over a column of values (numbers, dates, booleans ...) speaks for a header, a value over a column of its like against
 *    it; what speaks alone decides. Words for a missing value (`NA`, `-`) do not speak.
 * 2. Both speak: `refused`, unless the numbers follow one another (`name,1960,1961,1962`), as names do.
 * 3. Neither speaks, every cell is text: a cell that comes again in its own column, in at least one record of twenty, is a value.
 * 4. Else it is a header when its cells are all different, none is empty and none spells a value.
 *
 * @throws MoveError `refused`, naming the hint header-row, when both speak.
 */
export function decideHeader(reading: Reading, file: string): HeaderDecision {
  const { width, rows } = reading
  const first = Array.from({ length: width }, (_, k) => spellingOf(reading, k))
  const below = first.map((_, k) => columnSpelling(reading, k))
  const names = first.filter((spelling, k) => spelling === 'text' && spellsValue(below[k]!)).length
  const values = first.filter((spelling, k) => spellsValue(spelling) && (spelling === below[k] || (spelling === 'number' && below[k] === 'figures'))).length

  if (values > 0 && rows > 1 && successive(reading, 0) && !successive(reading, 1)) {
    return { header: true, note: `header row: yes, likely: the numbers in the first record follow one another as names do (else ${OVERRIDE}false)` }
  }
  if (names > 0 && values > 0) {
    const spoken = `${fields(names)} with text over values and ${fields(values)} with values over values`
    throw new MoveError('refused', `it is not clear whether the first record of ${file} is a header row, having ${spoken}: ${OVERRIDE}true or header-row=false`, {
      context: { file, hint: 'header-row' },
    })
  }
  if (names > 0) {
    return { header: true, note: `header row: yes: the first record has text over values in ${fields(names)}` }
  }
  if (values > 0) {
    return { header: false, note: `header row: no, likely: the first record has values like those below it in ${fields(values)} (else ${OVERRIDE}true)` }
  }
  const texts = first.map((_, k) => cellText(reading, k))
  const returns = rows > 1 && first.some((spelling, k) => spelling === 'text' && comesAgain(reading, k))
  if (returns) {
    return { header: false, note: `header row: no, likely: a text of the first record comes again in its column (else ${OVERRIDE}true)` }
  }
  const distinct = new Set(texts).size === width && !texts.includes('') && !first.some(spellsValue)
  if (distinct) {
    const sure = rows === 1 ? 'there is only one record' : 'every column is text'
    return { header: true, note: `header row: yes, a guess: ${sure}, and the first record's texts are all different (else ${OVERRIDE}false)` }
  }
  return { header: false, note: `header row: no, a guess: the first record has an empty, repeated or number-like cell (else ${OVERRIDE}true)` }
}

function fields(count: number): string {
  return count === 1 ? '1 field' : `${count} fields`
}

/** True when at least three whole numbers of a record, in the order of its fields, each follow the one before. */
function successive(reading: Reading, row: number): boolean {
  const { width, bytes } = reading
  let last: number | undefined
  let count = 0
  for (let k = 0; k < width; k++) {
    const cell = row * width + k
    if (spellingOf(reading, cell) !== 'number') continue
    const value = Number(bytes.toString('latin1', reading.starts[cell], reading.ends[cell]))
    if (last !== undefined && value !== last + 1) return false
    last = value
    count++
  }
  return count >= 3
}

/** True when the first cell of column `k` is found again below, in at least one record of twenty. */
function comesAgain(reading: Reading, k: number): boolean {
  const { bytes, width, rows } = reading
  const first = bytes.subarray(reading.starts[k], reading.ends[k])
  let again = 0
  for (let row = 1; row < rows; row++) {
    const cell = row * width + k
    if (first.equals(bytes.subarray(reading.starts[cell], reading.ends[cell]))) again++
  }
  return again > 0 && again * 20 >= rows - 1
}
