// The script `package` of every published package: judges the package it is started in as it would be published.
import { findDescriptor } from './gates/descriptor.mjs'
import { findPacked } from './gates/packed.mjs'
import { readManifest } from './workspace.mjs'

const found = [...(await findDescriptor(process.cwd())), ...(await findPacked(process.cwd()))]
for (const sentence of found) console.error(`${readManifest(process.cwd()).name}: ${sentence}`)
process.exitCode = found.length > 0 ? 1 : 0
