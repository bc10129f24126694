// What reading a value from text can end in.

/** The value, in its canonical spelling. */
export const EXACT = 0
/** The value, spelled in another way. */
export const RESPELL = 1
/** A value that lost something on the way, which the caller may have allowed. */
export const LOSSY = 2
/** No value of the type. From here on, nothing was read. */
export const MALFORMED = 3
/** A value outside of what the type holds. */
export const OUT_OF_RANGE = 4
/** A value with more digits behind the point than the type holds. */
export const TOO_FINE = 5
/** A date that no calendar has, or a time that no clock shows. */
export const NO_MOMENT = 6

/** The end of the sentence `the value ...`. */
export const VERDICT_TEXTS: readonly string[] = [
  '', '', '', 'is not of this type', 'is outside of the range of this type', 'has more digits behind the point than this type holds',
  'is a date or time that does not exist',
]
