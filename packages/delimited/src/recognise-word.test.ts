// Which spellings are UUIDs, and which bytes are exactly a text.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textAt, uuidAt } from './recognise-word.js'

// Bytes of the neighbours on both sides must not count.
const inside = (text: string): [Uint8Array, number, number] => {
  const bytes = Buffer.from(`a0${text}0f`)
  return [bytes, 2, bytes.length - 2]
}

test('recognises a UUID in either case', () => {
  fc.assert(fc.property(fc.uuid(), (uuid) => {
    expect(uuidAt(...inside(uuid))).toBe(true)
    expect(uuidAt(...inside(uuid.toUpperCase()))).toBe(true)
  }))
})

test('leaves a UUID with one byte changed to no hexadecimal digit, moved or missing as text', () => {
  fc.assert(fc.property(fc.uuid(), fc.nat(35), fc.constantFrom('g', '-', ' ', 'G', '@', '`', '/', ':'), (uuid, at, letter) => {
    const changed = uuid.slice(0, at) + letter + uuid.slice(at + 1)
    expect(uuidAt(...inside(changed))).toBe(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(changed))
    expect(uuidAt(...inside(uuid.slice(0, at) + uuid.slice(at + 1)))).toBe(false)
    expect(uuidAt(...inside(`{${uuid}}`))).toBe(false)
  }))
  expect(uuidAt(...inside('0123456789abcdef0123456789abcdef'))).toBe(false)
})

test('compares a text byte by byte', () => {
  fc.assert(fc.property(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), (one, other) => {
    expect(textAt(...inside(one), Buffer.from(other))).toBe(one === other)
  }))
})
