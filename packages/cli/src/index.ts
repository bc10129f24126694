// The door of the command line: the whole command as one function, for the packages that install it.
export { main } from './main.js'
export type { MainOptions } from './main.js'
