// Checks who decides about colours, which stream takes what, and how wide the report is.
import { expect, test } from 'vitest'
import type { TextStream } from './terminal.js'
import { hasColors, openTerminal } from './terminal.js'

const tty = { isTTY: true, columns: 100, write: () => true, on: () => undefined } satisfies TextStream
const pipe = { write: () => true, on: () => undefined } satisfies TextStream

test.each([
  [tty, {}, undefined, true], [pipe, {}, undefined, false],
  [tty, { NO_COLOR: '1' }, undefined, false], [tty, { NO_COLOR: '' }, undefined, true], [tty, { NO_COLOR: '1' }, true, true],
  [pipe, { FORCE_COLOR: '1' }, undefined, true], [pipe, { FORCE_COLOR: '' }, undefined, true], [tty, { FORCE_COLOR: '0' }, undefined, false],
  [pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, undefined, false], [pipe, { FORCE_COLOR: '1' }, false, false],
  [tty, { TERM: 'dumb' }, undefined, false], [pipe, {}, true, true],
] as const)('decides about colours (%#)', (stream, environment, color, expected) => {
  expect(hasColors(stream, environment, color)).toBe(expected)
})

test('keeps standard output for records alone when they go there', () => {
  const written: string[] = []
  const named = (name: string): TextStream => ({ write: (text) => written.push(`${name}: ${text}`), on: () => undefined })
  for (const recordsOnStdout of [false, true]) {
    const terminal = openTerminal({ stdout: named('out'), stderr: named('err'), environment: {}, recordsOnStdout })
    terminal.say('report')
    terminal.tell('aside')
  }
  expect(written).toEqual(['out: report\n', 'err: aside\n', 'err: report\n', 'err: aside\n'])
})

test('takes the width of the terminal, or what COLUMNS says, or 80', () => {
  const width = (stdout: TextStream, environment: Record<string, string>): number => openTerminal({ stdout, stderr: pipe, environment, recordsOnStdout: false }).width
  expect([width(tty, {}), width(pipe, {}), width(pipe, { COLUMNS: '120' }), width(pipe, { COLUMNS: 'many' }), width(pipe, { COLUMNS: '3' })]).toEqual([100, 80, 120, 80, 40])
})

test('styles only where there are colours', () => {
  const terminal = openTerminal({ stdout: pipe, stderr: tty, environment: {}, recordsOnStdout: false })
  expect(terminal.style('green', 'yes')).toBe('yes')
  expect(terminal.styleTold('red', 'no')).toBe('\u001b[31mno\u001b[39m')
})

test('lets a reader go and no other error pass', () => {
  let fail: (error: Error) => void = () => undefined
  openTerminal({ stdout: { write: () => true, on: (_event, listener) => { fail = listener } }, stderr: pipe, environment: {}, recordsOnStdout: false })
  expect(() => { fail(Object.assign(new Error('gone'), { code: 'EPIPE' })) }).not.toThrow()
  expect(() => { fail(Object.assign(new Error('full'), { code: 'ENOSPC' })) }).toThrow('full')
})
