// How counts, sizes and times read.

/** `1 row`, `11,538 rows`. */
export function rowsText(rows: number): string {
  return `${grouped(rows)} ${rows === 1 ? 'row' : 'rows'}`
}

/** A whole number with its thousands apart: `11,538`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

/** A size in decimal units: `812 B`, `1.2 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  // 999.95 would be rounded to 1000.0 of the smaller unit.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return unit === 0 ? `${grouped(bytes)} B` : `${value.toFixed(1)} ${units[unit]!}`
}

/** A duration for a sentence: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 03 min`. */
export function durationText(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** A running clock: `0:05`, `12:05`, `1:02:05`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

function two(count: number): string {
  return String(count).padStart(2, '0')
}
