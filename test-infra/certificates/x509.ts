// How an X.509 v3 certificate is laid out and signed (RFC 5280), with the keys and signatures of node:crypto.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

import { bitString, boolean, integer, objectIdentifier, octetString, sequence, set, tagged, time, utf8String } from './der.js'

/** A certificate with its private key, and what a certificate it signs needs to know of it. */
export interface Issued {
  /** The certificate as PEM text. */
  readonly certificate: string
  /** The private key as PEM text (PKCS #8, not encrypted). */
  readonly key: string
  readonly commonName: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export interface CertificateRequest {
  readonly commonName: string
  /** Who signs it. Default: itself, as a certificate authority. */
  readonly issuer?: Issued
  /** Host names and IP addresses it is good for. */
  readonly hosts?: readonly string[]
  /** What a peer may use it for. Not for an authority. */
  readonly purpose?: 'server' | 'client'
  readonly notBefore: Date
  readonly notAfter: Date
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

/** Makes a P-256 key and a certificate for it, signed with ECDSA and SHA-256 by `request.issuer` or by itself. */
export function issueCertificate(request: CertificateRequest): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = request.issuer ?? { commonName: request.commonName, publicKey, privateKey }
  const body = sequence(
    tagged(0, integer(Buffer.of(2)), true), // version 3
    integer(Buffer.concat([Buffer.of(0x01), randomBytes(15)])),
    ecdsaWithSha256,
    distinguishedName(issuer.commonName),
    sequence(time(request.notBefore), time(request.notAfter)),
    distinguishedName(request.commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(request, publicKey, issuer.publicKey)), true),
  )
  const signature = sign('sha256', body, { key: issuer.privateKey, dsaEncoding: 'der' })
  return {
    certificate: pem('CERTIFICATE', sequence(body, ecdsaWithSha256, bitString(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    commonName: request.commonName,
    publicKey,
    privateKey,
  }
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(commonName))))
}

function extensions(request: CertificateRequest, subject: KeyObject, issuer: KeyObject): Buffer[] {
  const authority = request.issuer === undefined
  const list = [
    extension('2.5.29.19', true, sequence(...(authority ? [boolean(true)] : []))), // basicConstraints
    // keyUsage: keyCertSign and cRLSign are bits 5 and 6, digitalSignature is bit 0.
    extension('2.5.29.15', true, authority ? bitString(Buffer.of(0b0000_0110), 1) : bitString(Buffer.of(0b1000_0000), 7)),
    extension('2.5.29.14', false, octetString(keyIdentifier(subject))),
    extension('2.5.29.35', false, sequence(tagged(0, keyIdentifier(issuer), false))),
  ]
  if (request.purpose) list.push(extension('2.5.29.37', false, sequence(objectIdentifier(purposes[request.purpose]))))
  if (request.hosts) list.push(extension('2.5.29.17', false, sequence(...request.hosts.map(generalName))))
  return list
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value))
}

function keyIdentifier(key: KeyObject): Buffer {
  // RFC 7093 (2.1) allows any hash of the key; both ends of a chain only have to agree.
  return createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest().subarray(0, 20)
}

function generalName(host: string): Buffer {
  if (isIP(host) === 4) return tagged(7, Buffer.from(host.split('.').map(Number)), false)
  if (isIP(host) === 6) throw new Error(`cannot put the IPv6 address ${host} in a certificate: only names and IPv4 addresses are encoded here`)
  return tagged(2, Buffer.from(host, 'ascii'), false)
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
