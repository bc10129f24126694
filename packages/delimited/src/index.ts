// Delimited text as a plugin: nothing but its descriptor; the codec is loaded when a route needs it.
import type { Plugin } from '@records-mover/core/plugin'
import { CONTRACT } from '@records-mover/core/plugin'
import { descriptor } from './descriptor.js'

export const delimited: Plugin = {
  contract: CONTRACT,
  name: '@records-mover/delimited',
  schemes: [],
  formats: { delimited: descriptor },
}
