/**
 * `neurite replay FILE…`: the command line of {@link runReplay}.
 * Reads the arguments, connects it to standard output and error, and sets the exit status.
 */
import type { Command } from 'commander'
import { runReplay } from '../replay/run-replay.ts'

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('replay room files and compare what comes out at every event with what they expect')
    .argument('<file...>', 'room files, .json or .json.gz (see docs/room-files.md)')
    .option('--order <order>', 'which order of arrival: first, all, or a number (0 is the first)', 'first')
    .option('--json', 'one JSON object a file, for scripts', false)
    .addHelpText(
      'after',
      '\nExit status: 0 no differences, 1 differences, 2 a file that is unreadable or not a room file.',
    )
    .action(async (files: string[], options: { order: string; json: boolean }) => {
      process.exitCode = await runReplay(files, options, {
        line: text => process.stdout.write(`${text}\n`),
        problem: text => process.stderr.write(`neurite: ${text}\n`),
      })
    })
}
