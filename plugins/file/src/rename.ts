// How a file gets another name: in one step, with the same care for what it replaces as a file that is written.
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileError } from './errors.js'
import { keepOwnership, replaceable, syncFolder } from './replace.js'

/** Renames a file once its bytes are on the disk; a link that has the name is kept, and a replaced file's mode too. */
export async function renameFile(from: string, to: string): Promise<void> {
  try {
    const file = await open(from, 'r')
    try {
      const { target, there } = await replaceable(to)
      if (there?.isFile() === false) throw Object.assign(new Error('is no file'), { code: 'EINVAL' })
      if (there !== undefined) await keepOwnership(file, there)
      await file.sync()
      await rename(from, target)
      await syncFolder(dirname(target))
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(error, 'rename', from)
  }
}
