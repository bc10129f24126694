// What the fields of a delimited file are called when its header leaves a name empty, says one twice, or is not there.

/**
 * One name for each field, every one unique and none empty: the header's own where it is, `column_3` for the third field
 * when it is empty, and `name_2`, `name_3` ... for one that came before.
 */
export function fieldNames(header: readonly string[]): string[] {
  const own = new Set(header)
  const taken = new Set<string>()
  return header.map((text, index) => {
    const wished = text === '' ? `column_${index + 1}` : text
    let name = wished
    // A made-up name gives way to the header's own, wherever that stands.
    for (let n = 2; taken.has(name) || (name !== text && own.has(name)); n++) name = `${wished}_${n}`
    taken.add(name)
    return name
  })
}

/** Names for the fields of a file without header: `column_1`, `column_2` ... */
export function namesWithoutHeader(width: number): string[] {
  return Array.from({ length: width }, (_, index) => `column_${index + 1}`)
}
