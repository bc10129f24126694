// The report for programs: a line of JSON an event, and one last line with the result or the error.
import type { Plan } from '@records-mover/core'
import { schemaToJson } from '@records-mover/core'
import type { Failure } from './failure.js'
import type { Reporter } from './reporter.js'
import type { Terminal } from './terminal.js'

/** Every line has `event`; the last is `result` or `error`. `quiet` leaves out all others. */
export function jsonReporter(terminal: Terminal, { quiet, verbose }: { readonly quiet: boolean, readonly verbose: boolean }): Reporter {
  const line = (value: object): void => {
    terminal.say(JSON.stringify(value, (_key, item: unknown) => typeof item === 'bigint' ? String(item) : item))
  }
  return {
    onEvent: (event) => {
      if (!quiet) line(event)
    },
    onPlan: () => undefined,
    moved({ id, plan, tally, bytes, elapsedMs }) {
      const { from, to, choice } = plan
      line({ event: 'result', command: 'move', id, from, to, route: choice?.route, ...tally, bytes, elapsedMs: Math.round(elapsedMs) })
    },
    planned: (plan) => {
      line({ event: 'result', command: 'plan', ...planJson(plan) })
    },
    inspected({ head: { look, rows }, columns }) {
      const shown = columns.map((name) => look.schema.fields.findIndex((field) => field.name === name))
      line({
        event: 'result',
        command: 'inspect',
        address: look.text,
        format: look.format,
        rows: look.rows,
        rowsExact: look.rows === undefined ? undefined : look.rowsExact === true,
        bytes: look.byteLength,
        notes: look.notes ?? [],
        schema: schemaToJson({ ...look.schema, fields: shown.map((k) => look.schema.fields[k]!) }),
        columns,
        firstRows: rows.map((row) => shown.map((k) => row[k])),
      })
    },
    listed({ plugins, project, passedOver }) {
      line({
        event: 'result',
        command: 'plugins',
        // `load` is a function, which JSON leaves out.
        plugins,
        project,
        passedOver,
      })
    },
    failed: (failure) => {
      line(failureJson(failure, verbose))
    },
    stopping: () => undefined,
    end: () => undefined,
  }
}

/** The line of an error. Causes are told when `verbose`. */
export function failureJson({ causes, ...told }: Failure, verbose: boolean): object {
  return { event: 'error', ...told, ...(verbose && { causes }) }
}

function planJson({ from, to, choice, verdicts, fit, notes }: Plan): object {
  return {
    from,
    to,
    route: choice?.route,
    middle: choice?.middle,
    passes: choice?.passes,
    reads: choice?.reads,
    writes: choice?.writes,
    routes: verdicts.map((verdict) => ({ route: verdict.route, works: verdict.choice !== undefined, reasons: verdict.reasons })),
    refused: fit.refused,
    changes: fit.changes,
    creates: fit.creates,
    notes,
    schema: schemaToJson(fit.schema),
  }
}
