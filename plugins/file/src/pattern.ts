// Which names a pattern matches: `*`, `?` and `[a-z]` within a name, and `**` for any depth of folders.

/** A pattern behind its fixed start, one entry a path segment. */
export type Segments = readonly (Segment | '**')[]

export interface Pattern {
  /** The folder in which matching begins: absolute, with `/` at its end. */
  readonly root: string
  readonly segments: Segments
}

/** What one segment is made of, letter by letter. */
type Segment = readonly Token[]
type Token = '*' | '?' | { readonly letter: string } | { readonly ranges: readonly (readonly [string, string])[], readonly negated: boolean }

/** Letters that make a path a pattern when no file has that very name. */
const PATTERN_LETTERS = /[*?[]/

/** True when a path has letters of a pattern. */
export function hasPattern(path: string): boolean {
  return PATTERN_LETTERS.test(path)
}

/** Takes an absolute path with pattern letters apart. */
export function parsePattern(path: string): Pattern {
  const parts = path.split('/')
  const first = parts.findIndex(hasPattern)
  const rest = parts.slice(first)
  // Neighbouring `**` mean no more than one.
  const segments = rest.filter((part, i) => part !== '**' || rest[i - 1] !== '**')
  return { root: parts.slice(0, first).join('/') + '/', segments: segments.map((part) => part === '**' ? part : tokensOf(part)) }
}

/**
 * What is left to match below a name, for every way in which the name may match the first segment. An empty list among the
 * results says that the name completes the pattern. As in a shell, a name that starts with a dot is matched only by a segment
 * that starts with one.
 */
export function advance(states: readonly Segments[], name: string): readonly Segments[] {
  const left = new Map<number, Segments>()
  const pending = [...states]
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const [head, ...rest] = state
    if (head === undefined) continue
    if (head !== '**') {
      if (matches(head, name)) left.set(rest.length, rest)
      continue
    }
    if (!name.startsWith('.')) left.set(state.length, state)
    // At the end of a pattern, `**` takes in every file below.
    if (rest.length > 0) pending.push(rest)
    else if (!name.startsWith('.')) left.set(0, [])
  }
  return [...left.values()]
}

function tokensOf(segment: string): Segment {
  const tokens: Token[] = []
  const letters = Array.from(segment)
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!
    const end = letter === '[' ? setEnd(letters, i) : undefined
    if (end !== undefined) {
      tokens.push(setOf(letters.slice(i + 1, end)))
      i = end
    } else if (letter === '*' || letter === '?') tokens.push(letter)
    else tokens.push({ letter })
  }
  return tokens
}

/** The place of the `]` that ends a set; undefined when there is none, and the `[` stands for itself. */
function setEnd(letters: readonly string[], start: number): number | undefined {
  const first = start + (letters[start + 1] === '!' ? 2 : 1)
  // A `]` right at the start is a letter of the set.
  const end = letters.indexOf(']', first + 1)
  return end < 0 ? undefined : end
}

function setOf(letters: readonly string[]): Token {
  const negated = letters[0] === '!'
  const ranges: [string, string][] = []
  for (let i = negated ? 1 : 0; i < letters.length; i++) {
    const low = letters[i]!
    const high = letters[i + 1] === '-' ? letters[i + 2] : undefined
    ranges.push([low, high ?? low])
    if (high !== undefined) i += 2
  }
  return { ranges, negated }
}

/** Greedy, going back to the last star only: the time is bounded by the lengths multiplied, whatever the pattern. */
function matches(segment: Segment, name: string): boolean {
  if (name.startsWith('.') && !same(segment[0], '.')) return false
  const letters = Array.from(name)
  let at = 0
  let token = 0
  let star = -1
  let starAt = 0
  while (at < letters.length) {
    const want = segment[token]
    if (want === '*') {
      star = token++
      starAt = at
    } else if (want !== undefined && takes(want, letters[at]!)) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++starAt
    } else return false
  }
  while (segment[token] === '*') token++
  return token === segment.length
}

function takes(token: Token, letter: string): boolean {
  if (token === '?') return true
  if (token === '*') return false
  if ('letter' in token) return token.letter === letter
  const point = letter.codePointAt(0)!
  const inside = token.ranges.some(([low, high]) => point >= low.codePointAt(0)! && point <= high.codePointAt(0)!)
  return inside !== token.negated
}

function same(token: Token | undefined, letter: string): boolean {
  return typeof token === 'object' && 'letter' in token && token.letter === letter
}
