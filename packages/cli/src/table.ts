// Rows of text as a table that fits a width.
import { cutText, padText, textWidth } from './text-width.js'

export interface TableColumn {
  readonly title: string
  /** Where values stand. Default: `'left'`. */
  readonly align?: 'left' | 'right'
}

export interface Table {
  /** A line of titles, a line of dashes, and a line a row; no trailing spaces. */
  readonly lines: readonly string[]
  /** How many columns, from the right, had no room. */
  readonly left: number
}

const GAP = '  '
// A column this narrow still tells most values apart.
const NARROW = 10
// A column takes no more than this while others are cut.
const BROAD = 32

/** Lays out rows under titles in at most `width` columns of the terminal: long values are cut, columns without room left out. */
export function tableLines(columns: readonly TableColumn[], rows: readonly (readonly string[])[], width: number): Table {
  const natural = columns.map(({ title }, k) => Math.max(textWidth(title), ...rows.map((row) => textWidth(row[k]!))))
  const widths = fitWidths(natural, width)
  const line = (cells: readonly string[], pad: (cell: string, k: number) => string): string => cells
    .slice(0, widths.length)
    .map((cell, k) => pad(cutText(cell, widths[k]!), k))
    .join(GAP)
    .trimEnd()
  const aligned = (cell: string, k: number): string => padText(cell, widths[k]!, columns[k]!.align === 'right' ? 'left' : 'right')
  return {
    lines: [
      line(columns.map(({ title }) => title), aligned),
      widths.map((columnWidth) => '-'.repeat(columnWidth)).join(GAP),
      ...rows.map((row) => line(row, aligned)),
    ],
    left: columns.length - widths.length,
  }
}

/** The widths of the columns that are shown, from the left. */
function fitWidths(natural: readonly number[], width: number): number[] {
  const total = (widths: readonly number[]): number => widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1))
  if (total(natural) <= width) return [...natural]
  const widths: number[] = []
  for (const wish of natural) {
    const least = Math.min(wish, NARROW)
    if (widths.length > 0 && total([...widths, least]) > width) break
    widths.push(Math.min(least, width))
  }
  // What is left over goes to the columns that were cut, one place at a time: first to all up to a breadth that reads well.
  let room = width - total(widths)
  for (const breadth of [BROAD, Infinity]) {
    for (let grew = true; room > 0 && grew;) {
      grew = false
      for (let k = 0; k < widths.length && room > 0; k++) {
        if (widths[k]! >= Math.min(natural[k]!, breadth)) continue
        widths[k]!++
        room--
        grew = true
      }
    }
  }
  return widths
}
