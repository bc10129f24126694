// Checks the progress line: what it tells, that it fits, and that nothing of it stays.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progressText, startProgress } from './progress.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function stream(): { written: string, write: (text: string) => void, on: () => void, columns: number } {
  return {
    written: '',
    write(text) {
      this.written += text
    },
    on: () => undefined,
    columns: 80,
  }
}

test('tells rows, bytes, rate, time and the share of an estimate', () => {
  expect(progressText({ rows: 4_210_000, bytes: 512_300_000, totalRows: 10_000_000, totalBytes: 2e9, elapsedMs: 5000 }))
    .toBe('4,210,000 rows  512.3 MB  102.5 MB/s  0:05  42% of about 10,000,000 rows')
  expect(progressText({ bytes: 1_000_000, totalBytes: 4_000_000, elapsedMs: 2000 })).toBe('1.0 MB  500.0 kB/s  0:02  25% of about 4.0 MB')
  expect(progressText({ rows: 3000, elapsedMs: 2000 })).toBe('3,000 rows  1,500 rows/s  0:02')
})

test('tells no rate before it is steady, and no share of an estimate that was passed', () => {
  expect(progressText({ rows: 10, bytes: 100, totalBytes: 50, elapsedMs: 100 })).toBe('10 rows  100 B  0:00')
})

test('leaves out what stands last when there is no room', () => {
  const totals = { rows: 4_210_000, bytes: 512_300_000, totalRows: 10_000_000, elapsedMs: 5000 }
  expect(progressText(totals, 60)).toBe('4,210,000 rows  512.3 MB  102.5 MB/s  0:05')
  expect(progressText(totals, 8)).toBe('4,210,0~')
})

test('redraws one line on a terminal and clears it at the end', () => {
  const out = stream()
  const progress = startProgress({ stream: out, redraws: true, now: () => Date.now() })
  progress.onEvent({ event: 'records-moved', rows: 5, bytes: 50 })
  expect(out.written).toBe('')
  vi.advanceTimersByTime(400)
  expect(out.written).toBe('\r\u001b[K5 rows  50 B  0:00\r\u001b[K5 rows  50 B  0:00')
  progress.end()
  expect(out.written.endsWith('\r\u001b[K')).toBe(true)
  const before = out.written
  vi.advanceTimersByTime(10_000)
  progress.end()
  expect(out.written).toBe(before)
})

test('writes a plain line every few seconds elsewhere, and none for a short move', () => {
  const out = stream()
  const progress = startProgress({ stream: out, redraws: false, now: () => Date.now() })
  progress.onEvent({ event: 'records-moved', rows: 5 })
  vi.advanceTimersByTime(4_000)
  expect(out.written).toBe('')
  vi.advanceTimersByTime(1_000)
  progress.onEvent({ event: 'records-moved', rows: 50 })
  vi.advanceTimersByTime(5_000)
  progress.end()
  expect(out.written).toBe('5 rows  1 rows/s  0:05\n50 rows  5 rows/s  0:10\n')
})
