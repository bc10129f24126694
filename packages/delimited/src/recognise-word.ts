// Which bytes spell a boolean, in which pair of spellings, and which spell a UUID.

/** The texts of true and of false that are found without being told; a column has to keep to one pair. */
export const BOOLEAN_PAIRS: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['TRUE', 'FALSE'],
  ['True', 'False'],
  ['t', 'f'],
]

/** A pair of spellings as bytes: what a column is compared with. */
export interface BooleanPair {
  readonly texts: readonly [string, string]
  readonly whenTrue: Buffer
  readonly whenFalse: Buffer
  /** True when a column needs both of them to be boolean: a single letter is a code as often. */
  readonly both: boolean
}

/** The pairs that make a column boolean: the told one and no other, or those that are found. */
export function booleanPairs(told: readonly [string, string] | undefined): BooleanPair[] {
  return (told === undefined ? BOOLEAN_PAIRS : [told]).map((texts) => ({
    texts, whenTrue: Buffer.from(texts[0]), whenFalse: Buffer.from(texts[1]), both: told === undefined && texts[0].length === 1,
  }))
}

/** True when the bytes are exactly `text`. */
export function textAt(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}

/** True for 32 hexadecimal digits of either case, with dashes after 8, 12, 16 and 20 of them. */
export function uuidAt(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 36) return false
  for (let i = 0; i < 36; i++) {
    const byte = bytes[start + i]!
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (byte !== 45) return false
    } else if (((byte - 48) >>> 0) >= 10 && (((byte | 32) - 97) >>> 0) >= 6) {
      return false
    }
  }
  return true
}
