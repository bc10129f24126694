// The codec of delimited text: its verbs, assembled.
import type { Codec } from '@records-mover/core/plugin'
import { decode } from './decode.js'
import { encode } from './encode.js'
import { join } from './join.js'
import { look } from './look.js'
import { transcode } from './transcode.js'

export const codec: Codec = { look, decode, encode, transcode, join }
