// Which peers count as this machine: by address, never by name.
import { expect, test } from 'vitest'
import { isLoopback } from './tls-socket.js'

test.each(['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.2'])('%s is this machine', (address) => {
  expect(isLoopback(address)).toBe(true)
})

test.each(['', 'localhost', '10.0.0.1', '128.0.0.1', '1127.0.0.1', '127.0.0.1.evil.example', '::2', '::ffff:10.0.0.1', 'fe80::1', '0.0.0.0'])('"%s" is not', (address) => {
  expect(isLoopback(address)).toBe(false)
})
