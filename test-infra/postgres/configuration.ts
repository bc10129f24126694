// What a test server is set to: TLS with our own authority, SCRAM, speed instead of safety against a power cut.
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { CertificateFiles } from '../certificates/index.js'
import { controlRole } from './control.js'

export interface Configuration {
  readonly port: number
  readonly socketDirectory: string
  readonly caFile: string
  readonly certificate: CertificateFiles
  readonly settings: Readonly<Record<string, string>>
  readonly hba: readonly string[]
}

/** Who may come in after the caller's own lines: by the Unix socket, and by TCP with TLS; both with a password. */
const defaultHba = [
  'local all all scram-sha-256',
  'hostssl all all 127.0.0.1/32 scram-sha-256',
]

/** Writes postgresql.conf and pg_hba.conf of the cluster in `data`; the caller's settings win over ours. */
export function configure(data: string, configuration: Configuration): void {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(configuration.port),
    unix_socket_directories: configuration.socketDirectory,
    ssl: 'on',
    ssl_cert_file: configuration.certificate.certificateFile,
    ssl_key_file: configuration.certificate.keyFile,
    ssl_ca_file: configuration.caFile,
    password_encryption: 'scram-sha-256',
    wal_level: 'logical',
    fsync: 'off',
    full_page_writes: 'off',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...configuration.settings,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll('\'', '\'\'')}'\n`)
  appendFileSync(join(data, 'postgresql.conf'), `\n${lines.join('')}`)
  const hba = [`local all ${controlRole} trust`, ...configuration.hba, ...defaultHba]
  writeFileSync(join(data, 'pg_hba.conf'), `${hba.join('\n')}\n`)
}
