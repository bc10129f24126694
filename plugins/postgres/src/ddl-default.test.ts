// That a default is rebuilt only when it is on the list, and that what is rebuilt carries nothing else along.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNextval, rebuildDefault } from './ddl-default.js'

test.each([
  ['now()', 'timestamp(3) with time zone', 'now()'],
  ['CURRENT_DATE', 'date', 'current_date'],
  ['gen_random_uuid()', 'uuid', 'gen_random_uuid()'],
  ['true', 'boolean', 'true'],
  ['42', 'integer', '42'],
  ['(-42)', 'integer', '-42'],
  ['0.00', 'numeric(10,2)', '0.00'],
  ['\'-5\'::integer', 'integer', '\'-5\''],
  ['\'it\'\'s\'::text', 'text', '\'it\'\'s\''],
  ['\'a\\b\'::character varying', 'character varying(5)', 'E\'a\\\\b\''],
  ['\'{}\'::text[]', 'text[]', '\'{}\''],
  ['NULL::character varying', 'character varying(5)', 'null'],
  ['\'happy\'::public.mood', '"public"."mood"', '\'happy\''],
])('%s of a %s column becomes %s', (expression, type, rebuilt) => {
  expect(rebuildDefault(expression, type)).toBe(rebuilt)
})

test.each([
  'lower(\'X\'::text)', 'nextval(\'s\'::regclass)', '(1 + 2)', 'pg_read_file(\'/etc/passwd\'::text)', '\'a\'::text || \'b\'::text',
  '\'a\'::text); drop table x; --', '1; drop table x', 'now() + \'1 day\'::interval', '\'happy\'::public.mood', 'public.now()', '\'a\'::public.evil(1)',
])('%s is not kept', (expression) => {
  expect(rebuildDefault(expression, 'text')).toBeUndefined()
})

test('whatever text stands in a literal, the same text is written, and nothing behind it', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')), (text) => {
    const rebuilt = rebuildDefault(`'${text.replaceAll('\'', '\'\'')}'::text`, 'text')!
    const literal = /^(E?)'((?:[^'\\]|''|\\\\)*)'$/.exec(rebuilt)!
    const inner = literal[2]!.replaceAll('\'\'', '\'')
    expect(literal[1] === 'E' ? inner.replaceAll('\\\\', '\\') : inner).toBe(text)
  }))
})

test('a serial column is told by its default', () => {
  expect(isNextval('nextval(\'public.t_id_seq\'::regclass)')).toBe(true)
  expect(isNextval('nextval(\'s\'::regclass) + 1')).toBe(false)
})
