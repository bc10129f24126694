// Reads the text that COPY writes, by other code than ours, slowly.
import type { Chunks } from '@records-mover/core/plugin'

/** All bytes of all parts, in their order. */
export async function bytesOf(chunks: Chunks): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const part of chunks.parts) for await (const chunk of part.read()) all.push(chunk)
  return Buffer.concat(all)
}

const LETTERS: { readonly [letter: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Rows of COPY's text format. */
export function textRows(bytes: Buffer): (string | null)[][] {
  const lines = bytes.toString('utf8').split('\n')
  if (lines.pop() !== '') throw new Error('the last line has no end')
  return lines.map((line) => line.split('\t').map((field) => field === '\\N' ? null : field.replace(/\\([^])/g, (_, letter: string) => LETTERS[letter] ?? letter)))
}

/** Rows of CSV with quotes where needed; an unquoted empty field is null. */
export function csvRows(bytes: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  const field = /"((?:[^"]|"")*)"([,\n])|([^,\n]*)([,\n])/gy
  const text = bytes.toString('utf8')
  for (let found = field.exec(text); found !== null; found = field.exec(text)) {
    row.push(found[1] === undefined ? found[3]! || null : found[1].replaceAll('""', '"'))
    if ((found[2] ?? found[4]) === '\n') {
      rows.push(row)
      row = []
    }
    if (field.lastIndex === text.length) return rows
  }
  throw new Error('the text ends within a record')
}
