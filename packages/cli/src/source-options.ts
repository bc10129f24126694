// The parts of a request that lie in files: a query and a schema.
import { readFile } from 'node:fs/promises'
import type { Loss, RecordsSchema } from '@records-mover/core'
import { LOSSES, MoveError, schemaFromJson } from '@records-mover/core'
import type { SourceRequest } from './request.js'
import { UsageError } from './usage.js'

export interface SourceOptions {
  readonly query?: string
  readonly schema?: RecordsSchema
}

/** Reads what a request names. @throws MoveError for a file that is not there or not what it says; UsageError for an empty query. */
export async function readSourceOptions({ query, queryFile, schemaFile }: SourceRequest): Promise<SourceOptions> {
  const sql = queryFile === undefined ? query : await readText(queryFile, 'the query file')
  if (sql?.trim() === '') throw new UsageError(`the query${queryFile === undefined ? '' : ` in ${queryFile}`} is empty: write a select, or leave the option out`)
  return {
    ...(sql !== undefined && { query: sql }),
    ...(schemaFile !== undefined && { schema: schemaFromJson(await readJson(schemaFile), schemaFile) }),
  }
}

/** The losses by their names. @throws UsageError, listing the losses there are. */
export function readLosses(names: readonly string[]): readonly Loss[] {
  const unknown = names.find((name) => !Object.hasOwn(LOSSES, name))
  if (unknown === undefined) return names
  const known = Object.entries(LOSSES).map(([name, doc]) => `${name} (${doc})`).join(', ')
  throw new UsageError(`--allow knows no loss "${unknown}": there are ${known}`)
}

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path, 'the schema file')
  try {
    return JSON.parse(text)
  } catch {
    // What the parser says quotes the text.
    throw new MoveError('bad-data', `the schema file ${path} is not JSON: mvrec inspect --json prints one under "schema"`, { context: { file: path } })
  }
}

async function readText(path: string, what: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const [kind, why] = code === 'ENOENT' ? ['not-found', 'is not there'] as const
      : code === 'EACCES' || code === 'EPERM' ? ['denied', 'may not be read'] as const
        : ['failed', `cannot be read (${code ?? 'unknown'})`] as const
    throw new MoveError(kind, `${what} ${path} ${why}: check the path`, { cause: error, context: { file: path } })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new MoveError('bad-data', `${what} ${path} is not UTF-8 text: convert it first`, { cause: error, context: { file: path } })
  }
}
