#!/usr/bin/env node
/**
 * The command line: one file a command in commands/.
 */
import { Command } from 'commander'
import { addCheckCommand } from './commands/check.ts'
import { addConfigCommand } from './commands/config.ts'
import { addCreateUserCommand } from './commands/create-user.ts'
import { addEventCommand, addExplainCommand } from './commands/event.ts'
import { addKeysCommand } from './commands/keys.ts'
import { addReplayCommand } from './commands/replay.ts'
import { addRoomsCommand } from './commands/rooms.ts'
import { addStartCommand } from './commands/start.ts'
import { addStateCommand } from './commands/state.ts'
import { addStatsCommand } from './commands/stats.ts'
import { addVersionCommand } from './commands/version.ts'

/** Exit status of a command line that makes no sense. */
const usageStatus = 2

// Whoever reads our output may stop early, as `head` does: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const program = new Command('neurite')
  .description('A Matrix homeserver, and its room server')
  .showHelpAfterError()
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : usageStatus))

addStartCommand(program)
addCreateUserCommand(program)
addRoomsCommand(program)
addStateCommand(program)
addEventCommand(program)
addExplainCommand(program)
addStatsCommand(program)
addCheckCommand(program)
addReplayCommand(program)
addKeysCommand(program)
addConfigCommand(program)
addVersionCommand(program)
await program.parseAsync()
