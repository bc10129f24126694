// The command line: which commands and options there are, what their help says, and how words become a request.
import { Command, CommanderError, Option } from 'commander'
import { addHint, addHintOptions, friendlyHints } from './hint-options.js'
import { readCount, readGrant, readNames, readRoute, readWhenExists, WHEN_EXISTS } from './option-values.js'
import type { MoveRequest, Reporting, Request, SourceRequest, ToldOfEnd } from './request.js'
import { UsageError } from './usage.js'

const COMMANDS = ['plan', 'inspect', 'plugins'] as const
type Options = Readonly<Record<string, unknown>>

// Wider help is harder to read.
const HELP_WIDTH = 80
const ROWS_SHOWN = 10
const OTHER = 'Other:'

const EXAMPLES = `
Examples:
  mvrec orders.csv 'duckdb:shop.duckdb#orders'
  mvrec plan orders.csv 'postgres://app@db.example/shop#public.orders'
  mvrec 'postgres://app@db.example/shop' big.csv.gz --query 'select ...'
  mvrec inspect orders.csv

An address is a path, - (standard input or output) or a URL; what follows #
names a table. A file called plan, inspect, plugins or help is ./plan.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 not found or there
already, 5 denied, 6 bad data, 7 busy, 8 in doubt, 130 stopped by Ctrl-C.
`

export interface HelpFacts {
  /** What `--version` prints. */
  readonly version: string
  /** Columns for the help. Default: 80. */
  readonly width?: number
}

/**
 * Reads the words behind `mvrec`.
 *
 * @throws UsageError, naming the word and the remedy.
 */
export function readArguments(words: readonly string[], told: HelpFacts): Request {
  const [first, ...rest] = words
  if (first === 'help') return readArguments([...rest.slice(0, 1), '--help'], told)
  const name = COMMANDS.find((command) => command === first)
  const command = name === undefined ? moveCommand(told.version) : { plan: planCommand, inspect: inspectCommand, plugins: pluginsCommand }[name]()
  let printed = ''
  command.exitOverride().configureOutput({
    writeOut: (text) => { printed += text },
    writeErr: () => undefined,
    outputError: () => undefined,
    getOutHelpWidth: () => Math.min(told.width ?? HELP_WIDTH, HELP_WIDTH),
    // Colours are the terminal's affair, and help has none.
    getOutHasColors: () => false,
  })
  try {
    command.parse(name === undefined ? [...words] : rest, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { command: 'help', text: printed.trimEnd() }
    throw new UsageError(usageText(error, words, name))
  }
  const options: Options = command.opts()
  const operands = command.processedArgs as string[]
  switch (name) {
    case 'inspect':
      return {
        command: name,
        ...sourceRequest(operands[0]!, options),
        ...reporting(options),
        rows: typeof options.rows === 'string' ? readCount(options.rows, '--rows', 0) : ROWS_SHOWN,
      }
    case 'plugins':
      return { command: name, ...reporting(options) }
    default:
      return moveRequest(name ?? 'move', operands, options)
  }
}

function moveCommand(version: string): Command {
  const command = new Command('mvrec')
    .usage(`<from> <to> [options]\n${COMMANDS.map((name) => `       mvrec ${USAGES[name]}`).join('\n')}`)
    .description('Moves records between databases, files and standard input and output: exact or\n'
      + 'refused, and the target complete or as it was.')
    .addHelpText('after', EXAMPLES)
  return addMoveOptions(command).optionsGroup(OTHER).version(version, '-V, --version', 'print the version')
}

const USAGES = {
  plan: 'plan <from> <to> [options]     how it would be moved, and why',
  inspect: 'inspect <address> [options]    what an address holds',
  plugins: 'plugins [options]              which plugins there are',
} as const

function planCommand(): Command {
  return addMoveOptions(new Command('mvrec plan')
    .usage('<from> <to> [options]')
    .description('Says how records would be moved, why not otherwise, and what would be created\nor changed. Moves nothing.'))
}

function inspectCommand(): Command {
  const command = new Command('mvrec inspect')
    .usage('<address> [options]')
    .description('Shows what an address holds: its schema, the format found and how sure that is,\nand the first rows.')
    .argument('<address>', 'a path, - or a URL')
    .addHelpOption(helpOption())
    .optionsGroup('What is shown:')
    .option('--rows <count>', `how many of the first rows (default: ${ROWS_SHOWN})`)
  addSourceOptions(command)
  addFileOptions(command)
  return addReportOptions(command.optionsGroup('Output:'), false)
}

function pluginsCommand(): Command {
  const command = new Command('mvrec plugins')
    .usage('[options]')
    .description('Lists the plugins: what they answer, where they were found, and why one is not\nloaded. Reads package.json files only.')
    .addHelpOption(helpOption())
  return addReportOptions(command.optionsGroup('Output:'), false)
}

function addMoveOptions(command: Command): Command {
  command
    .argument('<from>', 'where the records are')
    .argument('<to>', 'where they belong')
    .addHelpOption(helpOption())
    .optionsGroup('What is moved:')
  addSourceOptions(command)
  command
    .optionsGroup('How it arrives:')
    .option('--if-exists <what>', `what becomes of what is there: ${WHEN_EXISTS.join(', ')} (default: fail)`)
    .option('--key <names>', 'for merge: the fields that identify a record')
    .option('--allow <loss>', 'accept a loss by its name; repeatable', collect)
    .option('--grant <grant>', '"select to analyst", for a table it creates; repeatable', collect)
  addFileOptions(command)
  command
    .option('--from-format <name>', 'as --format, of <from> only')
    .option('--from-hint <name=value>', 'as --hint, of <from> only; repeatable', collect)
    .option('--to-format <name>', 'as --format, of <to> only')
    .option('--to-hint <name=value>', 'as --hint, of <to> only; repeatable', collect)
    .optionsGroup('Which way:')
    .option('--route <name>', 'one of these only: native, bytes-to-bytes, ...; repeatable', collect)
    .option('--not-route <name>', 'leave this one out; repeatable', collect)
    .option('--stage <address>', 'a folder in a store for files on their way')
    .option('--concurrency <count>', 'how many parts at once (default: 4)')
  return addReportOptions(command.optionsGroup('Output:'), true)
}

function addSourceOptions(command: Command): void {
  command
    .option('--columns <names>', 'these fields only, in this order: id,name')
    .option('--query <sql>', 'the result of a query in place of a table')
    .addOption(new Option('--query-file <path>', 'the same, read from a file').conflicts('query'))
    .option('--schema <path>', 'the schema of the files, as JSON, in place of one found')
}

function addFileOptions(command: Command): void {
  command
    .optionsGroup('How files are written:')
    .option('--format <name>', 'the format of the end that is a file: csv, tsv, ...')
    .option('--hint <name=value>', 'a hint of that format; repeatable', collect)
  addHintOptions(command)
}

function addReportOptions(command: Command, quiet: boolean): Command {
  command.option('--json', 'JSON lines on standard output: events, then the result')
  if (quiet) command.option('-q, --quiet', 'print errors only; with --json the result only')
  return command
    .addOption(new Option('-v, --verbose', 'print more: the whole plan, causes of errors').conflicts('quiet'))
    .option('--color', 'colours even where there is no terminal')
    .option('--no-color', 'no colours; NO_COLOR says the same')
}

function moveRequest(command: MoveRequest['command'], [from, to]: readonly string[], options: Options): MoveRequest {
  const routes = list(options.route).map((text) => readRoute(text, '--route'))
  const notRoutes = list(options.notRoute).map((text) => readRoute(text, '--not-route'))
  const grants = list(options.grant).flatMap(readGrant)
  return {
    command,
    to: to!,
    ...sourceRequest(from!, options),
    ...reporting(options),
    toldFrom: toldOf(options.fromFormat, options.fromHint, '--from-hint'),
    toldTo: toldOf(options.toFormat, options.toHint, '--to-hint'),
    whenExists: readWhenExists(options.ifExists as string | undefined),
    ...(typeof options.key === 'string' && { key: readNames(options.key, '--key') }),
    ...(routes.length > 0 && { routes }),
    ...(notRoutes.length > 0 && { notRoutes }),
    allow: list(options.allow),
    ...(grants.length > 0 && { grants }),
    ...(typeof options.stage === 'string' && { stage: options.stage }),
    ...(typeof options.concurrency === 'string' && { concurrency: readCount(options.concurrency, '--concurrency', 1) }),
  }
}

function sourceRequest(from: string, options: Options): SourceRequest {
  const told = toldOf(options.format, options.hint, '--hint', friendlyHints(options))
  return {
    from,
    told,
    ...(typeof options.query === 'string' && { query: options.query }),
    ...(typeof options.queryFile === 'string' && { queryFile: options.queryFile }),
    ...(typeof options.columns === 'string' && { columns: readNames(options.columns, '--columns') }),
    ...(typeof options.schema === 'string' && { schemaFile: options.schema }),
  }
}

function toldOf(format: unknown, hints: unknown, option: string, friendly: Map<string, string> = new Map<string, string>()): ToldOfEnd {
  for (const text of list(hints)) addHint(friendly, text, option)
  return { hints: friendly, ...(typeof format === 'string' && { format }) }
}

function reporting(options: Options): Reporting {
  return {
    json: options.json === true,
    quiet: options.quiet === true,
    verbose: options.verbose === true,
    color: options.color as boolean | undefined,
  }
}

function usageText({ message, code }: CommanderError, words: readonly string[], name: string | undefined): string {
  const text = message.replace(/^error: /, '').replace(/\.$/, '')
  const misplaced = name === undefined && COMMANDS.find((command) => words.includes(command))
  if (code === 'commander.excessArguments' && misplaced !== undefined && misplaced !== false) return `the command stands first: mvrec ${misplaced} ...`
  if (code === 'commander.excessArguments') return `${text}: write an address that holds spaces or # in quotes`
  return `${text.replaceAll('\n', ' ')}; see ${name === undefined ? 'mvrec' : `mvrec ${name}`} --help`
}

function helpOption(): Option {
  return new Option('-h, --help', 'print this help').helpGroup(OTHER)
}

function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...before ?? [], value]
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value as string[] : []
}
