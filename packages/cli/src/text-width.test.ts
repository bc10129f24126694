// Checks widths against what terminals show, and that no foreign text can do anything there.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutText, harmless, padText, textWidth } from './text-width.js'

const foreign = fc.string({ unit: fc.oneof(fc.constantFrom('\u001b', '\u009b', '\r', '\n', '\t', '\0', '\u202e', '\ud800', '日', '👩‍👩‍👧', 'e\u0301', 'a'), fc.string({ unit: 'binary', maxLength: 1 })) })

test.each([
  ['orders', 6], ['', 0], ['日本語', 6], ['한국어', 6], ['ﾊﾝｶｸ', 4], ['ｆｕｌｌ', 8], ['é', 1], ['e\u0301', 1], ['👍', 2], ['👩‍👩‍👧', 2], ['❤️', 2], ['a日b', 4],
])('%s takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

test('cuts to the width and never through a character', () => {
  expect(cutText('日本語', 5)).toBe('日本~')
  expect(cutText('日本語', 4)).toBe('日~')
  expect(cutText('日本語', 6)).toBe('日本語')
  expect(cutText('abc', 0)).toBe('')
  fc.assert(fc.property(foreign, fc.nat({ max: 30 }), (text, width) => {
    const shown = harmless(text)
    const cut = cutText(shown, width)
    expect(textWidth(cut)).toBeLessThanOrEqual(width)
    if (textWidth(shown) <= width) expect(cut).toBe(shown)
    expect(textWidth(padText(cut, width))).toBe(width)
  }))
})

test('pads on either side', () => {
  expect([padText('日', 4), padText('日', 4, 'left'), padText('long', 2)]).toEqual(['日  ', '  日', 'long'])
})

test('shows control characters as escapes', () => {
  expect(harmless('a\u001b[2Jb\u009bc\r\n\t\0\u007f')).toBe('a\\x1b[2Jb\\x9bc\\r\\n\\t\\0\\x7f')
  expect(harmless('user\u202egpj.exe \u2066x\u2028\ufeff')).toBe('user\\u202egpj.exe \\u2066x\\u2028\\ufeff')
  expect(harmless('lone \ud800 and 👍 日本')).toBe('lone \\ud800 and 👍 日本')
  expect(harmless('one\ntwo\r\n', true)).toBe('one\ntwo\\r\n')
})

test('leaves no control character, whatever the text', () => {
  fc.assert(fc.property(foreign, (text) => {
    expect(harmless(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/u)
  }))
})
