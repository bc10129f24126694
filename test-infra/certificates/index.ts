// Which certificates the tests need: a good set, and one of every kind a careful client or server refuses.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { issueCertificate } from './x509.js'
import type { Issued } from './x509.js'

/** A certificate and its key as PEM files; the key file is readable by its owner only. */
export interface CertificateFiles {
  readonly certificateFile: string
  readonly keyFile: string
}

/** Every certificate of one folder. All but the two authorities and `expired` are good for 30 days. */
export interface Certificates {
  /** The authority that signed everything below but `otherServer` and `otherClient`. */
  readonly caFile: string
  /** The same as PEM text. */
  readonly ca: string
  /** For `localhost` and 127.0.0.1. */
  readonly server: CertificateFiles
  /** Common name `app`, for logging in with a certificate. */
  readonly client: CertificateFiles
  /** An authority nobody in the test trusts, under the same name as the good one. */
  readonly otherCaFile: string
  /** For `localhost` and 127.0.0.1, signed by the other authority. */
  readonly otherServer: CertificateFiles
  /** Common name `app`, signed by the other authority. */
  readonly otherClient: CertificateFiles
  /** Signed by the good authority, for `elsewhere.invalid` only. */
  readonly wrongHost: CertificateFiles
  /** Signed by the good authority for `localhost` and 127.0.0.1, over since a day. */
  readonly expired: CertificateFiles
}

const day = 24 * 60 * 60 * 1000
const here = ['localhost', '127.0.0.1']

/**
 * Makes a test's own certificate authority and its certificates in `folder`, with Node alone and without a network.
 *
 * The folder is made when missing; files of the same names are overwritten. Takes about 10 ms.
 */
export function certificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true })
  const now = Date.now()
  const valid = { notBefore: new Date(now - 2 * day), notAfter: new Date(now + 30 * day) }
  const authority = { commonName: 'records-mover test authority', ...valid }
  const ca = issueCertificate(authority)
  const otherCa = issueCertificate(authority)
  const server = { commonName: 'localhost', hosts: here, purpose: 'server', ...valid } as const
  const client = { commonName: 'app', purpose: 'client', ...valid } as const

  const save = (name: string, issued: Issued): CertificateFiles => saveCertificate(folder, name, issued)
  return {
    caFile: save('ca', ca).certificateFile,
    ca: ca.certificate,
    server: save('server', issueCertificate({ ...server, issuer: ca })),
    client: save('client', issueCertificate({ ...client, issuer: ca })),
    otherCaFile: save('other-ca', otherCa).certificateFile,
    otherServer: save('other-server', issueCertificate({ ...server, issuer: otherCa })),
    otherClient: save('other-client', issueCertificate({ ...client, issuer: otherCa })),
    wrongHost: save('wrong-host', issueCertificate({ ...server, commonName: 'elsewhere.invalid', hosts: ['elsewhere.invalid'], issuer: ca })),
    expired: save('expired', issueCertificate({ ...server, notAfter: new Date(now - day), issuer: ca })),
  }
}

function saveCertificate(folder: string, name: string, issued: Issued): CertificateFiles {
  const files = { certificateFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) }
  writeFileSync(files.certificateFile, issued.certificate)
  writeFileSync(files.keyFile, issued.key, { mode: 0o600 })
  chmodSync(files.keyFile, 0o600)
  return files
}
