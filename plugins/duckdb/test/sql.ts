// Statements straight to a database, for what a test needs to be there or to look at.
import { parsePlace } from '../src/address.js'
import { lease } from '../src/databases.js'
import { address } from './ends.js'

/** Runs statements separated by `; ` and gives the rows of the last one, as text. */
export async function sql(path: string, statements: string): Promise<(string | null)[][]> {
  const held = await lease(parsePlace(address(path)))
  try {
    const session = await held.session('write')
    try {
      const all = statements.split('; ')
      for (const statement of all.slice(0, -1)) await session.run(statement, 'test')
      const last = all.at(-1)!
      if (!last.startsWith('select')) {
        await session.run(last, 'test')
        return []
      }
      return await session.rows(`select columns(*)::varchar from (${last})`, 'test')
    } finally {
      session.close()
    }
  } finally {
    held.keep()
    await held.close()
  }
}
