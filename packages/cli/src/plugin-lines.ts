// How the installed plugins look on a terminal.
import type { Installed, InstalledPlugin } from './installed.js'
import { passedOverText } from './needed.js'
import type { Style, Terminal } from './terminal.js'
import { harmless, padText, textWidth } from './text-width.js'
import { wrapText } from './wrap.js'

const LABEL_WIDTH = 12

/** The lines of `mvrec plugins`. `folders` tells where each lies. */
export function pluginLines(installed: Installed, { width, style }: Terminal, folders: boolean): string[] {
  const { plugins, project } = installed
  const nameWidth = Math.max(0, ...plugins.map(({ name }) => textWidth(harmless(name))))
  const versionWidth = Math.max(0, ...plugins.map(({ version }) => textWidth(harmless(version))))
  const of = { mvrec: "mvrec's own", project: "the project's" }
  const why = passedOverText(installed)
  return [
    ...plugins.flatMap((plugin) => [
      [
        style('bold', padText(harmless(plugin.name), nameWidth)),
        padText(harmless(plugin.version), versionWidth),
        `contract ${plugin.contract}`,
        of[plugin.of],
      ].join('  '),
      ...factsOf(plugin, folders).flatMap(([label, text, colour]) => wrapText(harmless(text), width - LABEL_WIDTH - 2)
        .map((line, i) => `  ${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}${colour === undefined ? line : style(colour, line)}`)),
    ]),
    ...(plugins.length === 0 ? ['there are no plugins: install one beside records-mover'] : []),
    ...(project === undefined ? [] : ['', ...wrapText(harmless(`project: ${project}`), width)]),
    ...(why === undefined ? [] : ['', ...wrapText(harmless(why), width)]),
  ]
}

function factsOf({ schemes, formats, path, refused }: InstalledPlugin, folders: boolean): [label: string, text: string, colour?: Style][] {
  return [
    ...(schemes.length === 0 ? [] : [['schemes', schemes.join(' ')] as [string, string]]),
    ...(formats.length === 0 ? [] : [['formats', formats.join(' ')] as [string, string]]),
    ...(folders ? [['folder', path] as [string, string]] : []),
    ...(refused === undefined ? [] : [['not loaded', refused, 'yellow'] as [string, string, Style]]),
  ]
}
