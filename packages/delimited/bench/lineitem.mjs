// Writes a CSV like TPC-H's lineitem: 16 columns, about 130 bytes a row, the same bytes for the same number of rows.
import { closeSync, openSync, writeSync } from 'node:fs'

export const fields = [
  ['l_orderkey', { type: 'integer', bits: 64, signed: true }],
  ['l_partkey', { type: 'integer', bits: 32, signed: true }],
  ['l_suppkey', { type: 'integer', bits: 32, signed: true }],
  ['l_linenumber', { type: 'integer', bits: 32, signed: true }],
  ['l_quantity', { type: 'decimal', precision: 15, scale: 2 }],
  ['l_extendedprice', { type: 'decimal', precision: 15, scale: 2 }],
  ['l_discount', { type: 'decimal', precision: 15, scale: 2 }],
  ['l_tax', { type: 'decimal', precision: 15, scale: 2 }],
  ['l_returnflag', { type: 'string' }],
  ['l_linestatus', { type: 'string' }],
  ['l_shipdate', { type: 'date' }],
  ['l_commitdate', { type: 'date' }],
  ['l_receiptdate', { type: 'date' }],
  ['l_shipinstruct', { type: 'string' }],
  ['l_shipmode', { type: 'string' }],
  ['l_comment', { type: 'string' }],
]

const instructions = ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN']
const modes = ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB']
const words = 'carefully final packages sleep blithely, ironic deposits haggle quickly regular requests among the furiously even ideas'.split(' ')

/**
 * @param {string} path
 * @param {number} rows
 */
export function writeLineitem(path, rows) {
  let seed = 42
  const file = openSync(path, 'w')
  let text = `${fields.map(([name]) => name).join(',')}\n`
  for (let row = 0; row < rows; row++) {
    const order = Math.floor(row / 4) * 8 + 1
    text += `${order},${pick(200000) + 1},${pick(10000) + 1},${(row % 4) + 1},${cents(100, 5000)},${cents(90000, 10000000)},${cents(0, 11)},${cents(0, 9)},`
    text += `${'ANR'[pick(3)]},${'OF'[pick(2)]},${day()},${day()},${day()},${instructions[pick(4)]},${modes[pick(7)]},${comment()}\n`
    if (text.length > 1 << 20) {
      writeSync(file, text)
      text = ''
    }
  }
  writeSync(file, text)
  closeSync(file)

  function pick(below) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 4294967296) * below)
  }
  function cents(from, to) {
    return ((from + pick(to - from)) / 100).toFixed(2)
  }
  function day() {
    return new Date(694224000000 + pick(2557) * 86400000).toISOString().slice(0, 10)
  }
  function comment() {
    let some = ''
    for (let n = 2 + pick(3); n > 0; n--) some += `${some === '' ? '' : ' '}${words[pick(words.length)]}`
    return some.includes(',') ? `"${some}"` : some
  }
}
