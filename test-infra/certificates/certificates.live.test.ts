// The certificates are what they claim, seen by node:tls and, where it is installed, by openssl.
import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterAll, describe, expect, test } from 'vitest'

import { integer, objectIdentifier, octetString, time } from './der.js'
import { certificates } from './index.js'
import type { CertificateFiles } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'records-mover-certificates-'))
const made = certificates(folder)
afterAll(() => { rmSync(folder, { recursive: true }) })

describe('DER', () => {
  test('writes the lengths, signs and identifiers of the X.690 examples', () => {
    expect(integer(Buffer.of(0, 0, 127)).toString('hex')).toBe('02017f')
    expect(integer(Buffer.of(128)).toString('hex')).toBe('02020080')
    expect(integer(Buffer.of(0)).toString('hex')).toBe('020100')
    expect(objectIdentifier('1.2.840.113549').toString('hex')).toBe('06062a864886f70d')
    expect(octetString(Buffer.alloc(127)).subarray(0, 2).toString('hex')).toBe('047f')
    expect(octetString(Buffer.alloc(435)).subarray(0, 4).toString('hex')).toBe('048201b3')
  })

  test('changes from UTCTime to GeneralizedTime with the year 2050', () => {
    expect(time(new Date('2049-12-31T23:59:59Z')).toString('latin1')).toBe('\x17\x0d491231235959Z')
    expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toBe('\x18\x0f20500101000000Z')
  })
})

describe('node', () => {
  test('finds the good certificates signed by the authority and the others not', () => {
    const authority = new X509Certificate(made.ca)
    const signed = (files: CertificateFiles): boolean => parse(files).verify(authority.publicKey)
    expect(authority.ca).toBe(true)
    expect([made.server, made.client, made.wrongHost, made.expired].map(signed)).toEqual([true, true, true, true])
    expect([made.otherServer, made.otherClient].map(signed)).toEqual([false, false])
    expect(parse(made.server).checkHost('localhost')).toBe('localhost')
    expect(parse(made.server).checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(parse(made.wrongHost).checkHost('localhost')).toBeUndefined()
    expect(parse(made.server).ca).toBe(false)
    expect(parse(made.client).subject).toBe('CN=app')
  })

  test('keeps every private key from other accounts', () => {
    expect(statSync(made.server.keyFile).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['accepts the server certificate', made.server, undefined],
    ['refuses the certificate of another authority', made.otherServer, 'CERT_SIGNATURE_FAILURE UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['refuses a certificate for another host', made.wrongHost, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['refuses an expired certificate', made.expired, 'CERT_HAS_EXPIRED'],
  ])('%s in a handshake', async (_title, files, refusal) => {
    const code = await handshake(files, { servername: 'localhost' })
    if (refusal === undefined) expect(code).toBeUndefined()
    else expect(refusal.split(' ')).toContain(code)
  })

  test('lets a server accept the client certificate and refuse the one of another authority', async () => {
    expect(await handshake(made.server, {}, made.client)).toBeUndefined()
    expect(await handshake(made.server, {}, made.otherClient)).toBe('closed')
  })
})

const openssl = spawnSync('openssl', ['version']).status === 0
describe.skipIf(!openssl)(openssl ? 'openssl' : 'openssl [skipped: no openssl program on this machine]', () => {
  test('verifies the chain, the host and the purpose under its strict rules', () => {
    expect(verify(made.server, '-verify_hostname', 'localhost', '-purpose', 'sslserver')).toBe(0)
    expect(verify(made.server, '-verify_ip', '127.0.0.1')).toBe(0)
    expect(verify(made.client, '-purpose', 'sslclient')).toBe(0)
    expect(verify(made.client, '-purpose', 'sslserver')).not.toBe(0)
    expect(verify(made.wrongHost, '-verify_hostname', 'localhost')).not.toBe(0)
    expect(verify(made.otherServer)).not.toBe(0)
    expect(verify(made.expired)).not.toBe(0)
  })

  test('reads the authority as one', () => {
    const text = execFileSync('openssl', ['x509', '-in', made.caFile, '-noout', '-text'], { encoding: 'utf8' })
    expect(text).toMatch(/CA:TRUE/)
    expect(text).toMatch(/Certificate Sign, CRL Sign/)
  })
})

function verify(files: CertificateFiles, ...options: string[]): number | null {
  return spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', made.caFile, ...options, files.certificateFile]).status
}

function parse(files: CertificateFiles): X509Certificate {
  return new X509Certificate(readFileSync(files.certificateFile))
}

/** The error code either end gives, or `undefined` when a byte came through. */
async function handshake(server: CertificateFiles, options: { servername?: string }, client?: CertificateFiles): Promise<string | undefined> {
  const listener = createServer({ ...read(server), ca: made.ca, requestCert: client !== undefined, rejectUnauthorized: true }, (socket) => {
    socket.on('error', () => undefined)
    socket.end('x')
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  try {
    return await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca: made.ca, ...options, ...(client ? read(client) : {}) })
      socket.once('data', () => { resolve(undefined) })
      socket.once('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? error.message) })
      socket.once('close', () => { resolve('closed') })
    })
  } finally {
    listener.close()
  }
}

function read(files: CertificateFiles): { cert: Buffer, key: Buffer } {
  return { cert: readFileSync(files.certificateFile), key: readFileSync(files.keyFile) }
}
