/**
 * `neurite replay FILE…`: the command line of {@link runReplay}.
 * Reads the arguments, connects it to standard output and error, and sets the exit status.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { memoryRoomMaker, pipelineRoomMaker } from '../replay/room-makers.ts'
import { type ReplayOptions, runReplay } from '../replay/run-replay.ts'

interface CommandOptions {
  readonly order: string
  readonly storage: 'sqlite' | 'memory' | 'none'
  readonly database?: string
  readonly batch: number
  readonly holdBack?: number
  readonly via: 'process' | 'inthttp'
  readonly json: boolean
}

/** Events handed over at once unless told: as many as a federation transaction holds. */
const defaultBatch = 50

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('replay room files and compare what comes out at every event with what they expect')
    .argument('<file...>', 'room files, .json or .json.gz (see docs/room-files.md)')
    .option('--order <order>', 'which order of arrival: first, all, or a number (0 is the first)', 'first')
    .addOption(
      new Option('--storage <kind>', 'where the pipeline stores its rooms; none: the rules alone, without the pipeline')
        .choices(['sqlite', 'memory', 'none'])
        .default('sqlite'),
    )
    .option(
      '--database <path>',
      'keep the SQLite database here; without it each replay has one of its own, and drops it',
    )
    .option('--batch <count>', 'events handed over at once', positive, defaultBatch)
    .option(
      '--hold-back <seed>',
      'hold events back at random, to be fetched from servers that lag, fail and lie',
      positive,
    )
    .addOption(
      new Option('--via <way>', 'how the room server is given events and asked: inthttp is its contract over HTTP')
        .choices(['process', 'inthttp'])
        .default('process'),
    )
    .option('--json', 'one JSON object a file, for scripts', false)
    .addHelpText(
      'after',
      `
With --hold-back only what follows from the graph is compared: verdicts and states, not soft failures and the final state.

Exit status: 0 no differences, 1 differences, 2 a file that is unreadable or not a room file, or options that do not fit.`,
    )
    .action(async (files: string[], options: CommandOptions, command: Command) => {
      const misfit = misfitOf(options)
      if (misfit !== undefined) command.error(`error: ${misfit}`)
      process.exitCode = await runReplay(files, replayOptions(options), output, roomMaker(options))
    })
}

function misfitOf({ storage, database, holdBack, order, via }: CommandOptions): string | undefined {
  if (database !== undefined && storage !== 'sqlite') return '--database goes with --storage sqlite'
  if (database !== undefined && order === 'all')
    return '--database takes one order: the same events cannot arrive in it twice'
  if (holdBack !== undefined && storage === 'none') return '--hold-back needs the pipeline: --storage sqlite or memory'
  if (via === 'inthttp' && (holdBack !== undefined || storage === 'none'))
    return '--via inthttp goes with --storage sqlite or memory, and not with --hold-back'
  return undefined
}

function replayOptions({ order, json, batch, holdBack }: CommandOptions): ReplayOptions {
  // Held back events are given again at the end, so all of a room's are handed over at once.
  if (holdBack !== undefined) return { order, json, batch: Number.MAX_SAFE_INTEGER, graphOnly: true }
  return { order, json, batch }
}

function roomMaker({ storage, database, holdBack, via }: CommandOptions) {
  return storage === 'none' ? memoryRoomMaker() : pipelineRoomMaker({ storage, database, holdBack, via })
}

const output = {
  line: (text: string) => process.stdout.write(`${text}\n`),
  problem: (text: string) => process.stderr.write(`neurite: ${text}\n`),
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 up.')
  return value
}
