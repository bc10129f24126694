// What a plugin and the core say to each other: doors, opened ends, and what each verb promises.
import type { Address, Secret } from './address.js'
import type { Batches, Tally } from './batch.js'
import type { Chunks, FormatDescriptor, Part, RecordsFormat } from './format.js'
import type { RecordsSchema } from './schema.js'

/** A lower-case clause that says why not, and the remedy where there is one. */
export type Why = string
/** The name of a change of values that a caller may allow, such as `timestamp-precision`. */
export type Loss = string

/** The number of this contract. Core refuses a plugin of another number before it opens any of its doors. */
export const CONTRACT = 1

/** A plugin: plain data with lazy doors. Importing it loads no driver; an absent door means "cannot". */
export interface Plugin {
  readonly contract: number
  /** The package's name, for messages. */
  readonly name: string
  readonly schemes: readonly string[]
  readonly source?: () => Promise<Open<Source>>
  readonly target?: () => Promise<Open<Target>>
  readonly store?: () => Promise<Open<Store>>
  /** Formats it knows, by id. */
  readonly formats?: { readonly [format: string]: FormatDescriptor }
  /** Secret stores it knows, by the prefix of the references they resolve: `${prefix:reference}`. */
  readonly secrets?: { readonly [prefix: string]: () => Promise<ResolveSecret> }
}

/**
 * Opens one end: checks the address, connects where that is needed to know what the end can do. Rejects with `bad-address`,
 * `denied`, `untrusted`, `not-found` or `busy`, leaving nothing open.
 */
export type Open<T> = (at: Address, run: Run) => Promise<T>
/** The secret behind a reference (the text after the colon). */
export type ResolveSecret = (reference: string, run: Run) => Promise<Secret>

/** An end of the program's own: `rows()`, `toRows()`, or a function over a pool it already has. Disposing gives back what was borrowed. */
export interface End {
  /** For messages and plans. */
  readonly text: string
  readonly source?: (run: Run) => Promise<Source>
  readonly target?: (run: Run) => Promise<Target>
}

/** One move in progress. On `signal` a plugin cancels the server's work, waits for it to stop, restores, and rejects. */
export interface Run {
  /** Unique, and safe in names: lower-case letters, digits and `-`. */
  readonly id: string
  readonly signal: AbortSignal
  readonly limits: Limits
  /** How many parts may be in work at once; at least 1. */
  readonly concurrency: number
  /** Losses the caller accepts. Every one not named here is refused. */
  readonly allow: readonly Loss[]
  /** A fresh folder of mode 0700 for temporary files, made at the first call and removed when the run ends. */
  scratch(): Promise<string>
  /** Totals so far, never increments: losing an event loses nothing. */
  emit(event: MoveEvent): void
}

/** Bounds on inputs; passing one is `over-limit` with its name and value. */
export interface Limits {
  /** Bytes of one field. Default: 64 MiB. */
  readonly fieldBytes: number
  /** Bytes of one record. Default: 256 MiB. */
  readonly recordBytes: number
  /** Fields of one schema. Default: 16,384. */
  readonly fields: number
}

export interface MoveEvent {
  /** `noun-past-verb`: `route-chosen`, `records-moved`, `stage-removed`. */
  readonly event: string
  readonly [fact: string]: unknown
}

/** What a source says of itself without reading records (or, for undescribed files, after reading them once). */
export interface Look {
  readonly schema: RecordsSchema
  /**
   * What the records are known to hold before any value is checked, where that is less than `schema` says: the same fields as
   * text, for a file whose schema was told and not found. Absent: `schema`.
   */
  readonly given?: RecordsSchema
  /** True when the records can be read more than once. */
  readonly again: boolean
  /** How many rows there are, or about how many when `rowsExact` is absent. */
  readonly rows?: number
  readonly rowsExact?: true
  readonly byteLength?: number
  /** How the records are written, when they lie in files. */
  readonly format?: RecordsFormat
  /** Sentences for the plan: what was found, how sure, what will not travel. */
  readonly notes?: readonly string[]
}

/**
 * A side's favourite formats, best first, and its pure judgement of any format.
 *
 * A source's `given` is what it looked like and `as` what it is asked to deliver; a target's `given` is what arrives, already
 * checked, and `as` what is to be stored. A server that would change a value on the way in must refuse that pair.
 */
export interface Judge {
  readonly formats: readonly RecordsFormat[]
  refuse(format: RecordsFormat, given: RecordsSchema, as: RecordsSchema): Why | undefined
}

/** An opened source. A capability is an object that holds its facts and its verb; absent means "cannot". Facts are final after `look`. */
export interface Source extends AsyncDisposable {
  look(need: 'names' | 'types', run: Run): Promise<Look>
  readonly native?: Native
  /** Server-side: database to files, without records passing through this process. */
  readonly files?: Judge & Reach & {
    /** Where the files already lie. Absent: any stage it reaches will do. */
    readonly at?: Stage
    /** Resolves when the files are complete and listed; rejects after removing what it wrote. */
    unload(into: Stage, format: RecordsFormat, as: RecordsSchema, run: Run): Promise<Manifest>
  }
  readonly bytes?: Judge & { read(format: RecordsFormat, as: RecordsSchema, run: Run): Promise<Chunks> }
  readonly batches?: { refuse(as: RecordsSchema): Why | undefined, read(as: RecordsSchema, run: Run): Promise<Batches> }
}

/**
 * An opened target. Each verb is one whole transaction: resolved means that all records are complete and visible to others,
 * rejected means that the target is as it was before. Before records become visible the verb awaits `as.confirm` with its own
 * counts, and undoes everything when that rejects. When the connection drops during the commit the target asks the server what
 * happened, and rejects with `in-doubt` when it cannot know.
 */
export interface Target extends AsyncDisposable {
  /**
   * The schema of what is there now; undefined when there is nothing. Without fields when what is there binds nothing, as a
   * file that would be replaced.
   */
  look(run: Run): Promise<RecordsSchema | undefined>
  /** What it must know of the records when it has no schema of its own. Default: `'types'`. */
  readonly needs?: 'names'
  /** Pure. How records of the wished schema would arrive, after `look`. */
  fit(wish: Wish): Fit
  readonly native?: Native & {
    refuse(given: RecordsSchema, as: RecordsSchema): Why | undefined
    copy(from: Native, given: RecordsSchema, as: Landing, run: Run): Promise<Tally>
  }
  /** Server-side: files to database. */
  readonly files?: Judge & Reach & {
    /** Where files for this target belong. Absent: any stage it reaches will do. */
    readonly at?: Stage
    load(from: Manifest, stage: Stage, as: Landing, run: Run): Promise<Tally>
  }
  readonly bytes?: Judge & Parallel & { write(from: Chunks, given: RecordsSchema, as: Landing, run: Run): Promise<Tally> }
  /** Takes batches of exactly `as.fit.schema`. */
  readonly batches?: Parallel & { refuse(as: RecordsSchema): Why | undefined, write(from: Batches, as: Landing, run: Run): Promise<Tally> }
}

export interface Parallel {
  /** True when it reads up to `run.concurrency` parts side by side. Default: it reads one part after the other. */
  readonly parallel?: true
}

/** A relation of a server, known to that server by name. */
export interface Native {
  /** Equal for two ends exactly when one statement can see both. */
  readonly server: string
  /** The relation as the server itself would quote it, or a query in parentheses. */
  readonly relation: string
}

export type WhenExists = 'fail' | 'append' | 'truncate' | 'delete' | 'replace' | 'merge'

/** What a caller wishes to have landed. */
export interface Wish {
  readonly schema: RecordsSchema
  /** What to do with an existing table. Default in `move()`: `'fail'`. */
  readonly whenExists: WhenExists
  /** For `merge`: the fields that identify a record. */
  readonly key?: readonly string[]
  /** Privileges for a table that this move creates: who gets what. */
  readonly grants?: readonly Grant[]
  readonly allow: readonly Loss[]
}

export interface Grant { readonly privilege: string, readonly to: string }

/** How a wish would be granted: what a plan prints, and what every verb then does. */
export interface Fit {
  /** Reasons that stop the move. Empty: it fits. */
  readonly refused: readonly Why[]
  /** What is to be delivered: the source's names, in the order of delivery, with the types of the target's columns. */
  readonly schema: RecordsSchema
  /** Statements that would run, in order, as the plan prints them; empty when nothing is created. */
  readonly creates: readonly string[]
  /** What is different at the far end: a type changed, a property not kept, a loss allowed. */
  readonly changes: readonly { readonly field?: string, readonly change: string, readonly loss?: Loss }[]
}

export interface Landing extends Wish {
  readonly fit: Fit
  /** Compares the target's own counts with what was given; rejects with `lost-rows`, or the caller's reason. Await it before records become visible. */
  confirm(tally: Tally): Promise<void>
}

/** The finished list of files of an unload. Data: it never holds a key. */
export interface Manifest {
  readonly format: RecordsFormat
  readonly schema: RecordsSchema
  readonly files: readonly FileEntry[]
}

export interface FileEntry {
  /** Where the file is, absolute, percent-encoded, with no credentials in it. */
  readonly url: URL
  /** Size as stored, in bytes, after compression; absent when it cannot be known before it is read (standard input). */
  readonly byteLength?: number
  readonly rows?: number
}

/** Which schemes a server reads or writes by itself, and with whose rights: its own, session keys, or signed URLs. */
export interface Reach { readonly reach: { readonly [scheme: string]: readonly ('own' | 'keys' | 'signed')[] } }

/** A prefix in a store, lent to one move. */
export interface Stage {
  /** Ends in `/`. Every path of the manifest lies under it. */
  readonly url: URL
  /** Rights for a server, asked for when its statement is built. Absent: the server uses its own. */
  lend?(kind: Lent['kind'], run: Run): Promise<Lent>
}

export type Lent =
  | { readonly kind: 'keys', readonly id: Secret, readonly secret: Secret, readonly token: Secret, readonly until: Date }
  | { readonly kind: 'signed', sign(url: URL): Promise<Secret> }

/** A place that holds files. Core derives a source and a target from it, and the stage of a move. */
export interface Store extends AsyncDisposable {
  /** What the address names, absolute. Ends in `/` for a folder. */
  readonly at: URL
  /** The files at or under a URL (or matching `at`, when that is a pattern), in the order of their names; `not-found` when there is nothing. */
  list(under: URL, run: Run): AsyncIterable<FileEntry>
  part(file: FileEntry): Part
  /** True when something is there already. */
  exists(url: URL, run: Run): Promise<boolean>
  /** Writes one file. Nothing is visible under its name until the body has ended; nothing at all remains if the body throws. */
  write(url: URL, body: AsyncIterable<Uint8Array>, run: Run): Promise<FileEntry>
  /** Removes files; for a URL that ends in `/`, the folder if it is empty. What is not there is not an error. */
  remove(files: readonly URL[], run: Run): Promise<void>
  /** Gives a file another name in the same store in one step, replacing what had it. Absent: it cannot. */
  rename?(from: URL, to: URL, run: Run): Promise<void>
  lend?(under: URL, kind: Lent['kind'], run: Run): Promise<Lent>
}
