// Checks that counts, sizes and times read as documented, at the edges where a unit changes.
import { expect, test } from 'vitest'
import { bytesText, clockText, durationText, grouped, rowsText } from './quantities.js'

test('writes counts with their thousands apart, and one row as one', () => {
  expect([0, 1, 999, 1000, 11538, 3_000_000].map(rowsText)).toEqual(['0 rows', '1 row', '999 rows', '1,000 rows', '11,538 rows', '3,000,000 rows'])
  expect(grouped(1234567)).toBe('1,234,567')
})

test('changes the unit of a size before four digits stand before the point', () => {
  expect([0, 812, 999, 1000, 999_949, 999_950, 1_234_567, 5e12, 5e18].map(bytesText))
    .toEqual(['0 B', '812 B', '999 B', '1.0 kB', '999.9 kB', '1.0 MB', '1.2 MB', '5.0 TB', '5000.0 PB'])
})

test('writes durations as people say them', () => {
  expect([0, 449, 9949, 9950, 59_499, 59_999, 65_000, 3_599_999, 7_380_000].map(durationText))
    .toEqual(['0.0 s', '0.4 s', '9.9 s', '10 s', '59 s', '1 min 00 s', '1 min 05 s', '1 h 00 min', '2 h 03 min'])
})

test('writes a running clock that never goes back', () => {
  expect([0, 999, 5_000, 65_000, 3_725_000].map(clockText)).toEqual(['0:00', '0:00', '0:05', '1:05', '1:02:05'])
})
