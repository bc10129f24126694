// A command line that says something wrong.

/** The command line is wrong, and nothing has been opened: exit code 2. The message is a lower-case clause with the remedy. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
