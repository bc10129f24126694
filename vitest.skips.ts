// Carries the note of a test that skips itself while running into the JSON report, which keeps `meta` but not notes.
import { afterEach } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    note?: string
  }
}

afterEach(({ task }) => {
  // Set by `context.skip(note)`; the published type leaves it out.
  const { note } = (task.result ?? {}) as { note?: string }
  if (note !== undefined) task.meta.note = note
})
