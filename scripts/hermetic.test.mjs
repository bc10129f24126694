// Shows that a hermetic test cannot open a socket, whichever way it tries: the rule of vitest.hermetic.ts, from inside.
import { connect } from 'node:net'
import { expect, test } from 'vitest'

test('refuses a socket opened by node:net', () => {
  expect(() => connect(1, '127.0.0.1')).toThrow(/a hermetic test opened a socket/)
})

test('refuses a socket opened by fetch', async () => {
  await expect(fetch('http://127.0.0.1:5432/')).rejects.toMatchObject({ cause: { message: expect.stringContaining('a hermetic test opened a socket') } })
})
