// How the installed plugins look on a terminal.
import type { Installed } from './installed.js'
import { passedOverText } from './needed.js'
import { tableLines } from './table.js'
import type { Terminal } from './terminal.js'
import { harmless } from './text-width.js'
import { wrapText } from './wrap.js'

/** The lines of `mvrec plugins`. `paths` tells the folder of each. */
export function pluginLines(installed: Installed, terminal: Terminal, paths: boolean): string[] {
  const { width, style } = terminal
  const table = tableLines(
    [{ title: 'plugin' }, { title: 'version' }, { title: 'contract', align: 'right' }, { title: 'answers' }, { title: 'of' }],
    installed.plugins.map(({ name, version, contract, schemes, formats, of }) => [
      harmless(name), harmless(version), String(contract), harmless([...schemes.map((scheme) => `${scheme}:`), ...formats].join(' ')), of,
    ]),
    width,
  )
  const why = passedOverText(installed)
  return [
    ...table.lines.map((line, i) => i === 0 ? style('bold', line) : i === 1 ? style('dim', line) : line),
    ...installed.plugins.flatMap(({ name, refused }) => refused === undefined ? [] : ['', ...wrapText(harmless(`${name} is not loaded: ${refused}`), width)]),
    ...(paths ? ['', ...installed.plugins.map(({ name, path }) => harmless(`${name}: ${path}`))] : []),
    ...(installed.project === undefined ? [] : ['', ...wrapText(harmless(`project: ${installed.project}`), width)]),
    ...(why === undefined ? [] : ['', ...wrapText(harmless(why), width)]),
  ]
}
