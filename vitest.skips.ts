// Carries the note of a test that skips itself while running into the JSON report, which keeps `meta` but not notes.
import { afterEach } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    note?: string
  }
}

afterEach(({ task }) => {
  const note = task.result?.note
  if (note !== undefined) task.meta.note = note
})
