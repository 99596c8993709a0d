#!/usr/bin/env node
/**
 * The command line: one file a command in commands/.
 */
import { Command } from 'commander'
import { addReplayCommand } from './commands/replay.ts'

/** Exit status of a command line that makes no sense. */
const usageStatus = 2

const program = new Command('neurite')
  .description('A Matrix room server')
  .showHelpAfterError()
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : usageStatus))

addReplayCommand(program)
await program.parseAsync()
