// How records travel along a chosen route: the source's verb, the adapters in between, the target's verb, and the counts compared.
import type { Batches, Tally } from './contract/batch.js'
import type { FileEntry, Landing, Look, Manifest, Run, Source, Stage, Store, Target } from './contract/contract.js'
import type { Chunks, Codec, RecordsFormat } from './contract/format.js'
import { MoveError } from './contract/errors.js'
import { compressed } from './compress.js'
import type { Formats } from './file-formats.js'
import { eachPart, partsOf, watchedBatches, watchedChunks } from './parts.js'
import type { Choice } from './plan/route.js'
import type { Tidy } from './tidy.js'
import { tidy } from './tidy.js'

export interface Carriage {
  readonly source: Source
  readonly target: Target
  readonly look: Look
  readonly choice: Choice
  readonly landing: Landing
  readonly formats: Formats
  /** The store of the caller's stage, where one is used. */
  readonly stageStore?: Store
}

// Events are totals, so few are enough for a line that people read.
const EVENT_INTERVAL_MS = 100

/** Carries everything, and resolves with what arrived. The caller's `confirm` is asked after our own comparison of counts. */
export async function carry(carriage: Carriage, run: Run): Promise<{ tally: Tally, bytes?: number }> {
  const { choice, target, look } = carriage
  const progress = progressOf(run)
  const given: { tally: () => Tally } = { tally: () => look.rowsExact && look.rows !== undefined ? { rows: look.rows } : {} }
  const landing = checking(carriage.landing, () => given.tally(), progress)
  // A target that takes one part at a time would leave further sessions of the source waiting.
  const taking = choice.route.endsWith('bytes') ? target.bytes : choice.route.endsWith('batches') ? target.batches : { parallel: true as const }
  const at: Step = { ...carriage, run: taking?.parallel ? run : { ...run, concurrency: 1 }, landing, progress }
  await using stack = tidy()
  const feed = <T extends Chunks | Batches>(stream: T): T => {
    stack.use(stream)
    given.tally = () => stream.tally()
    return stream
  }
  const tally = await land(at, stack, feed)
  const counted = given.tally()
  progress.end()
  const rows = tally.rows ?? counted.rows
  const losses = tally.losses ?? counted.losses
  return {
    tally: { ...(rows !== undefined && { rows }), ...(losses && Object.keys(losses).length > 0 && { losses }) },
    ...(choice.passes && progress.bytes() > 0 && { bytes: progress.bytes() }),
  }
}

interface Step extends Carriage {
  readonly run: Run
  readonly progress: Progress
}

type Feed = <T extends Chunks | Batches>(stream: T) => T

async function land(at: Step, stack: Tidy, feed: Feed): Promise<Tally> {
  const { source, target, choice, landing, run, look, progress } = at
  const as = landing.fit.schema
  const from = look.given ?? look.schema
  switch (choice.route) {
    case 'native':
      return target.native!.copy(source.native!, from, landing, run)
    case 'files-to-files':
      return target.files!.load(await unload(at, choice.stage!, stack), choice.stage!, landing, run)
    case 'bytes-to-bytes':
    case 'files-to-bytes':
    case 'batches-to-bytes': {
      const bytes = await bytesOut(at, stack, feed)
      return target.bytes!.write(bytes, choice.middle === 'nothing' ? choice.carried : as, landing, run)
    }
    case 'bytes-to-files':
    case 'batches-to-files': {
      const manifest = await put(await bytesOut(at, stack, feed), at, stack)
      return target.files!.load(manifest, choice.stage!, landing, run)
    }
    case 'bytes-to-batches':
    case 'files-to-batches': {
      const chunks = watched(await chunksIn(at, stack), at)
      stack.use(chunks)
      return target.batches!.write(feed((await codecOf(chunks.format, at)).decode(chunks, choice.carried, as, run)), landing, run)
    }
    case 'batches-to-batches':
      return target.batches!.write(feed(watchedBatches(await source.batches!.read(as, run), run, progress.rows)), landing, run)
  }
}

/** The bytes that the target takes: the source's own, or what a codec makes of what it gives. */
async function bytesOut(at: Step, stack: Tidy, feed: Feed): Promise<Chunks> {
  const { source, choice, landing, run, progress } = at
  const as = landing.fit.schema
  if (choice.middle === 'encode') {
    const batches = watchedBatches(await source.batches!.read(as, run), run, progress.rows)
    stack.use(batches)
    return watched(feed((await codecOf(choice.writes!, at)).encode(batches, choice.writes!, run)), at)
  }
  const chunks = watched(await chunksIn(at, stack), at)
  if (choice.middle === 'nothing') return feed(chunks)
  stack.use(chunks)
  const reader = await codecOf(choice.reads!, at)
  if (choice.middle === 'transcode') return feed(reader.transcode!(chunks, choice.carried, choice.writes!, as, run))
  const batches = reader.decode(chunks, choice.carried, as, run)
  stack.use(batches)
  return feed((await codecOf(choice.writes!, at)).encode(batches, choice.writes!, run))
}

async function chunksIn(at: Step, stack: Tidy): Promise<Chunks> {
  const { source, choice, run } = at
  if (!choice.route.startsWith('files')) return source.bytes!.read(choice.reads!, choice.carried, run)
  const manifest = await unload(at, choice.stage!, stack)
  return fetched(manifest, at.stageStore!)
}

/** Has the source's server write its files; what it wrote into a lent stage is removed when the move ends. */
async function unload({ source, choice, run, stageStore }: Step, stage: Stage, stack: Tidy): Promise<Manifest> {
  const manifest = await source.files!.unload(stage, choice.reads!, choice.carried, run)
  for (const file of manifest.files) if (!file.url.href.startsWith(stage.url.href)) throw outside(file, stage)
  if (stageStore !== undefined) stack.defer(() => removeStage(stageStore, stage, manifest.files, run))
  return manifest
}

function fetched(manifest: Manifest, store: Store): Chunks {
  const rows = manifest.files.every((file) => file.rows !== undefined) ? manifest.files.reduce((sum, file) => sum + file.rows!, 0) : undefined
  return {
    format: manifest.format,
    parts: partsOf(manifest.files.map((file) => store.part(file))),
    tally: () => rows === undefined ? {} : { rows },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function put(chunks: Chunks, { choice, landing, run, stageStore }: Step, stack: Tidy): Promise<Manifest> {
  const [store, stage] = [stageStore!, choice.stage!]
  const files: FileEntry[] = []
  stack.defer(() => removeStage(store, stage, files, run))
  const compress = chunks.format.hints.compression === 'GZIP'
  await eachPart(chunks.parts, run.concurrency, async (part, index) => {
    const url = new URL(`part-${String(index + 1).padStart(5, '0')}`, stage.url)
    files[index] = await store.write(url, compress ? compressed(part.read()) : part.read(), run)
  })
  return { format: chunks.format, schema: landing.fit.schema, files }
}

async function removeStage(store: Store, stage: Stage, files: readonly (FileEntry | undefined)[], run: Run): Promise<void> {
  await store.remove([...files.filter((file) => file !== undefined).map((file) => file.url), stage.url], run)
  run.emit({ event: 'stage-removed', stage: stage.url.href })
}

async function codecOf(format: RecordsFormat, { formats }: Carriage): Promise<Codec> {
  return formats.get(format.format)!.codec()
}

function watched(chunks: Chunks, { run, progress }: Step): Chunks {
  return watchedChunks(chunks, run, (byteLength) => {
    progress.moved(byteLength, chunks.tally().rows)
  })
}

/** The landing as the target sees it: its counts are compared with what was given before the caller is asked. */
function checking(landing: Landing, given: () => Tally, progress: Progress): Landing {
  return {
    ...landing,
    async confirm(tally) {
      const { rows } = given()
      if (rows !== undefined && tally.rows !== undefined && rows !== tally.rows) {
        throw new MoveError('lost-rows', `the source gave ${rows} rows and the target counts ${tally.rows}: nothing was kept`, { context: { given: String(rows), counted: String(tally.rows) } })
      }
      progress.end(rows ?? tally.rows)
      await landing.confirm({ ...given(), ...tally })
    },
  }
}

interface Progress {
  bytes(): number
  moved(byteLength: number, rows: number | undefined): void
  readonly rows: (count: number) => void
  end(rows?: number): void
}

function progressOf(run: Run): Progress {
  let bytes = 0
  let rows: number | undefined
  let last = 0
  const emit = (): void => {
    run.emit({ event: 'records-moved', bytes, ...(rows !== undefined && { rows }) })
  }
  const tick = (): void => {
    const now = performance.now()
    if (now - last < EVENT_INTERVAL_MS) return
    last = now
    emit()
  }
  return {
    bytes: () => bytes,
    moved(byteLength, counted) {
      bytes += byteLength
      rows = counted ?? rows
      tick()
    },
    rows(count) {
      rows = (rows ?? 0) + count
      tick()
    },
    end(counted) {
      rows = counted ?? rows
      emit()
    },
  }
}

function outside(file: FileEntry, stage: Stage): MoveError {
  return new MoveError('untrusted', `the source lists ${file.url.href}, which lies outside the stage ${stage.url.href}`)
}

