// Gate `links`: every link in a Markdown file that stays in this repository leads to a file, and to a heading that is there.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { filesUnder } from '../workspace.mjs'

/**
 * @param {string} root
 * @returns {string[]}
 */
export function findLinks(root) {
  return filesUnder(root, /\.md$/).flatMap((page) => {
    const text = withoutCode(readFileSync(join(root, page), 'utf8'))
    return linksIn(text)
      .map((link) => brokenBecause(root, page, link))
      .filter((reason) => reason !== undefined)
  })
}

/** @param {string} text */
function linksIn(text) {
  const inline = [...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)]
  const references = [...text.matchAll(/^ {0,3}\[[^\]]+\]:\s+<?(\S+?)>?\s*$/gm)]
  return [...inline, ...references].map((match) => match[1] ?? '')
}

/** @param {string} text */
function withoutCode(text) {
  return text.replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '))
}

/**
 * @param {string} root
 * @param {string} page
 * @param {string} link
 * @returns {string | undefined}
 */
function brokenBecause(root, page, link) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(root, page) : join(root, dirname(page), decodeURIComponent(path))
  if (relative(root, target).startsWith('..')) return `${page}: ${link} leaves the repository`
  if (!existsSync(target)) return `${page}: ${link} leads nowhere`
  if (anchor === undefined || !statSync(target).isFile() || !target.endsWith('.md')) return undefined
  return headingsOf(target).includes(anchor) ? undefined : `${page}: ${link} names no heading of that page`
}

/**
 * The anchors that GitHub makes of headings: lower case, punctuation dropped, spaces to hyphens, repeats numbered.
 *
 * @param {string} path
 */
function headingsOf(path) {
  const text = readFileSync(path, 'utf8').replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '')
  /** @type {Map<string, number>} */
  const times = new Map()
  return [...text.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map((match) => {
    const anchor = (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
    const before = times.get(anchor) ?? 0
    times.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}
