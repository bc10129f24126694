// The names of files that are not finished yet.

// The longest name of one file, in bytes, on every common file system: https://man7.org/linux/man-pages/man3/pathconf.3.html
const NAME_BYTES = 255

/** Hidden, so that no listing takes it in; it carries the run's id, so that a leftover of a killed process can be told apart. */
export function partName(name: string, runId: string): string {
  const end = `.rm-${runId.replace(/^rm-/, '')}.part`
  let kept = name
  while (Buffer.byteLength(kept) + Buffer.byteLength(end) + 1 > NAME_BYTES) kept = Array.from(kept).slice(0, -1).join('')
  return `.${kept}${end}`
}

/** True for the name of a file that a writer has not finished, or has left behind. */
export function unfinished(name: string): boolean {
  return /^\..*\.rm-[a-z0-9-]+\.part$/s.test(name)
}
