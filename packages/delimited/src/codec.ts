// The codec of delimited text: its four verbs, assembled.
import type { Codec } from '@records-mover/core/plugin'
import { decode } from './decode.js'
import { encode } from './encode.js'
import { look } from './look.js'
import { transcode } from './transcode.js'

export const codec: Codec = { look, decode, encode, transcode }
