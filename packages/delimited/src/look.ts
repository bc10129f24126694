// Finds hints, fields and types of delimited files from their bytes.
import type { Look, Part, RecordsFormat, Run, Told } from '@records-mover/core/plugin'
import { MoveError } from '@records-mover/core/plugin'

/** Finds format and schema of parts that can be read again; see `Codec.look` of the contract. */
export function look(_parts: readonly Part[], _told: Told, _need: 'names' | 'types', _run: Run): Promise<Look & { readonly format: RecordsFormat }> {
  return Promise.reject(new MoveError('failed', 'delimited text cannot be looked at yet: tell its schema'))
}
