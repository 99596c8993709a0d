#!/usr/bin/env node
/**
 * The command line: one file a command in commands/.
 */
import { Command } from 'commander'
import { addCheckCommand } from './commands/check.ts'
import { addReplayCommand } from './commands/replay.ts'

/** Exit status of a command line that makes no sense. */
const usageStatus = 2

// Whoever reads our output may stop early, as `head` does: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const program = new Command('neurite')
  .description('A Matrix room server')
  .showHelpAfterError()
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : usageStatus))

addReplayCommand(program)
addCheckCommand(program)
await program.parseAsync()
