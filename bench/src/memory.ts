// Peak memory of the mover's process at one and at four times the rows: bounded means that both are the same.
import { rm } from 'node:fs/promises'
import { writeLineitem } from './lineitem.js'
import type { Places } from './places.js'
import { address, dropTable, emptyTable, mover, peakOf, psql, TABLE } from './places.js'
import { run } from './timing.js'

const MOST_MB = 200
const MOST_GROWTH = 1.1

export async function memoryRows(places: Places, rows: number, say: (line: string) => void): Promise<void> {
  const small = await peaks(places)
  await writeLineitem(places.csv, rows * 4)
  await emptyTable(places, places.from)
  await run(psql(places, places.from, `\\copy ${TABLE} from '${places.csv}' with (format csv, header)`))
  const large = await peaks(places)
  say(`| move | peak MB at ${rows.toLocaleString('en')} rows | at ${(rows * 4).toLocaleString('en')} rows | growth | holds (${MOST_MB} MB, ${MOST_GROWTH}) |`)
  say('|---|---|---|---|---|')
  for (const [i, [move, peak]] of small.entries()) {
    const more = large[i]![1]
    say(`| ${move} | ${peak} | ${more} | ${(more / peak).toFixed(2)} | ${more <= MOST_MB && more / peak <= MOST_GROWTH ? 'yes' : '**no**'} |`)
  }
  say('')
}

async function peaks(places: Places): Promise<[string, number][]> {
  const result: [string, number][] = []
  await emptyTable(places, places.to)
  result.push(['Postgres to Postgres', peakOf(await run(mover(address(places, places.from), address(places, places.to), 'append')))])
  await emptyTable(places, places.to)
  result.push(['CSV file to Postgres, table exists', peakOf(await run(mover(places.csv, address(places, places.to), 'append')))])
  await dropTable(places, places.to)
  result.push(['CSV file to Postgres, nothing known', peakOf(await run(mover(places.csv, address(places, places.to))))])
  await rm(places.out, { force: true })
  result.push(['Postgres to CSV file', peakOf(await run(mover(address(places, places.from), places.out)))])
  return result
}
