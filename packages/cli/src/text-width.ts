// How wide a text stands on a terminal, and how foreign text is shown there without doing anything.

// Blocks whose characters take two columns: https://www.unicode.org/Public/UCD/latest/ucd/EastAsianWidth.txt, W and F.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0xa4cf], [0xa960, 0xa97c], [0xac00, 0xd7a3],
  [0xf900, 0xfaff], [0xfe10, 0xfe19], [0xfe30, 0xfe6f], [0xff01, 0xff60], [0xffe0, 0xffe6], [0x16fe0, 0x18d08], [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265], [0x20000, 0x3fffd],
]
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const ASCII = /^[\x20-\x7e]*$/
// Control characters of both sets, line separators, and the marks that turn the direction of writing around.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu
const LONE_SURROGATE = /\p{Surrogate}/gu
const NAMED: { readonly [control: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' }

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns that a text takes: two for wide characters of East Asia and emoji, none for combining marks. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

/** The text in at most `width` columns; where something had to go, `~` stands at the end. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let room = width - 1
  for (const { segment } of graphemes.segment(text)) {
    room -= graphemeWidth(segment)
    if (room < 0) break
    kept += segment
  }
  return width > 0 ? `${kept}~` : ''
}

/** The text filled up with spaces to `width` columns. */
export function padText(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - textWidth(text)))
  return side === 'right' ? text + spaces : spaces + text
}

/**
 * Foreign text as it may be written to a terminal: control characters, which could move the cursor, change the title or turn text
 * around, are shown as escapes such as `\x1b`. Line ends are kept when `lines` is true.
 */
export function harmless(text: string, lines = false): string {
  return text
    .replace(CONTROL, (control) => lines && control === '\n' ? control : NAMED[control] ?? escaped(control))
    .replace(LONE_SURROGATE, escaped)
}

function escaped(control: string): string {
  const code = control.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

function graphemeWidth(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2
  const first = String.fromCodePoint(grapheme.codePointAt(0)!)
  if (NO_WIDTH.test(first)) return 0
  const code = first.codePointAt(0)!
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}
