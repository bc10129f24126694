// What must be given back at the end of a piece of work, in the reverse order of taking it. Node 20 has no AsyncDisposableStack.

export interface Tidy extends AsyncDisposable {
  /** Disposes `thing` at the end. */
  use(thing: AsyncDisposable): void
  /** Does `work` at the end. */
  defer(work: () => Promise<void>): void
  /** Hands everything over to the result, and keeps nothing. */
  move(): AsyncDisposable
}

export function tidy(): Tidy {
  let work: (() => Promise<void>)[] = []
  return {
    use(thing) {
      work.push(() => Promise.resolve(thing[Symbol.asyncDispose]()))
    },
    defer(task) {
      work.push(task)
    },
    move() {
      const moved = work
      work = []
      return { [Symbol.asyncDispose]: () => undo(moved) }
    },
    [Symbol.asyncDispose]: () => undo(work),
  }
}

/** Does everything, even when something fails, and then rejects with the first failure. */
async function undo(work: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (let task = work.pop(); task !== undefined; task = work.pop()) await task().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
