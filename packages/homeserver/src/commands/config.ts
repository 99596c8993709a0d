/**
 * `neurite config`: make a configuration, look at it, check it.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { isServerName } from '@neurite/protocol'
import type { Command } from 'commander'
import { stringify } from 'yaml'
import {
  ConfigurationError,
  configurationFile,
  configurationTable,
  defaultConfigurationFile,
  loadConfiguration,
} from '../config/index.ts'
import { standardOutput } from './room-server.ts'

export function addConfigCommand(program: Command): void {
  const config = program.command('config').description('make, show and check the configuration')
  config
    .command('generate')
    .description('write a configuration that explains every key')
    .argument('<server-name>', 'the name that user IDs end in, for example example.org')
    .option('-o, --output <file>', 'where to write it; - for standard output', defaultConfigurationFile)
    .action((serverName: string, { output }: { output: string }) => {
      process.exitCode = generate(serverName, output)
    })
  config
    .command('show')
    .description('show the configuration as it counts: file, environment and defaults together')
    .option('-c, --config <file>', 'the configuration')
    .action(({ config: file }: { config?: string }) => {
      process.exitCode = load(file, ({ source, ...settings }) => {
        standardOutput.line(`# from ${source}`)
        standardOutput.line(stringify(settings).trimEnd())
      })
    })
  config
    .command('check')
    .description('say whether the configuration can be used')
    .option('-c, --config <file>', 'the configuration')
    .action(({ config: file }: { config?: string }) => {
      process.exitCode = load(file, ({ source }) => standardOutput.line(`${source}: nothing wrong`))
    })
  config
    .command('keys')
    .description('list every key with its default, as a Markdown table')
    .action(() => standardOutput.line(configurationTable()))
}

function generate(serverName: string, output: string): number {
  if (!isServerName(serverName)) {
    standardOutput.problem(`${JSON.stringify(serverName)} is no server name`)
    return 2
  }
  const text = configurationFile({ server_name: serverName })
  if (output === '-') {
    standardOutput.line(text.trimEnd())
    return 0
  }
  if (existsSync(output)) {
    standardOutput.problem(`${output} is there already; it was not touched`)
    return 1
  }
  writeFileSync(output, text, { flag: 'wx' })
  standardOutput.line(`wrote ${output}`)
  return 0
}

function load(file: string | undefined, use: (configuration: ReturnType<typeof loadConfiguration>) => void): number {
  try {
    use(loadConfiguration(file, process.env, process.cwd()))
    return 0
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    standardOutput.problem(error.message)
    return 2
  }
}
