// What kind of thing the cells of a sampled column spell: enough to tell a name from a value, not enough to choose a type.
import { dateAt, NOT_A_MOMENT, timeAt, timestampAt } from './recognise-moment.js'
import { exponentAt, NOT_A_NUMBER, numberAt } from './recognise-number.js'
import { BOOLEAN_PAIRS, uuidAt } from './recognise-word.js'
import type { Reading } from './sniff-reading.js'

/** `figures` has digits and no letters, such as a price, a telephone number or 31/12/2024; `text` is what spells nothing else. */
export type Spelling = 'empty' | 'number' | 'date' | 'time' | 'timestamp' | 'boolean' | 'uuid' | 'figures' | 'text'

// What people write where a value is missing: it says nothing of the others.
const MISSING = new Set(['\\N', 'NA', 'N/A', 'n/a', 'na', 'NULL', 'null', 'None', 'none', 'nil', 'NaN', 'nan', '-', '--', '.', '?', 'unknown'])
// A single letter is a code or a name as often.
const BOOLEANS = new Set(BOOLEAN_PAIRS.flat().filter((text) => text.length > 1))
// Neither letters nor what more likely stands between two fields.
const FIGURES = /^[ -:<-@[-`{}~]*$/
const MOST_ROWS = 1000

/** What one cell of a reading spells. */
export function spellingOf(reading: Reading, cell: number): Spelling {
  const { bytes } = reading
  const [start, end] = [reading.starts[cell]!, reading.ends[cell]!]
  if (start === end) return 'empty'
  if (numberAt(bytes, start, end) !== NOT_A_NUMBER || exponentAt(bytes, start, end)) return 'number'
  if (dateAt(bytes, start, end)) return 'date'
  if (timestampAt(bytes, start, end) !== NOT_A_MOMENT) return 'timestamp'
  if (timeAt(bytes, start, end) !== NOT_A_MOMENT) return 'time'
  if (uuidAt(bytes, start, end)) return 'uuid'
  if (end - start > 64) return 'text'
  const text = bytes.toString('latin1', start, end)
  if (MISSING.has(text)) return 'empty'
  if (BOOLEANS.has(text)) return 'boolean'
  return FIGURES.test(text) && /\d/.test(text) ? 'figures' : 'text'
}

/** What every cell of column `k` behind the first record spells; `text` when they differ, `empty` when there is none. */
export function columnSpelling(reading: Reading, k: number): Spelling {
  let common: Spelling = 'empty'
  for (let row = 1; row < Math.min(reading.rows, MOST_ROWS); row++) {
    const spelling = spellingOf(reading, row * reading.width + k)
    if (spelling === 'empty' || spelling === common) continue
    if (common === 'empty') common = spelling
    else if (alike(common, spelling)) common = 'figures'
    else return 'text'
  }
  return common
}

/** True for a spelling that a name does not have. */
export function spellsValue(spelling: Spelling): boolean {
  return spelling !== 'text' && spelling !== 'empty'
}

function alike(one: Spelling, other: Spelling): boolean {
  return (one === 'number' || one === 'figures') && (other === 'number' || other === 'figures')
}
