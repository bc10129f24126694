// The door of the command line: the whole command as one function for the packages that install it, and its exit codes.
export { EXIT_CODES } from './exit-codes.js'
export { main } from './main.js'
export type { MainOptions } from './main.js'
