/**
 * `neurite version`: which Neurite this is, and what it runs on.
 */
import type { Command } from 'commander'
import { softwareVersion } from '../version.ts'
import { standardOutput } from './room-server.ts'

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description('say which version this is')
    .option('--json', 'JSON, for scripts', false)
    .action(({ json }: { json: boolean }) => {
      const versions = { neurite: softwareVersion, node: process.version, sqlite: process.versions['sqlite'] ?? '' }
      if (json) standardOutput.line(JSON.stringify(versions))
      else standardOutput.line(`Neurite ${versions.neurite} (Node ${versions.node}, SQLite ${versions.sqlite})`)
    })
}
