// The door for plugin authors: the contract's types, its error, and the few helpers that plugins share.
export * from './contract/address.js'
export * from './contract/batch.js'
export * from './contract/contract.js'
export * from './contract/convert.js'
export * from './contract/errors.js'
export * from './contract/format.js'
export * from './contract/schema.js'
