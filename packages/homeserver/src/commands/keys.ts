/**
 * `neurite keys`: the keys that this server signs with, and taking a new one into use. Server-server API, "Publishing Keys".
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { encodeBase64, nodeCrypto, type ServerName } from '@neurite/protocol'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { lockForThisProcess } from '@neurite/roomserver/storage'
import type { Command } from 'commander'
import { type Configuration, ConfigurationError, loadConfiguration } from '../config/index.ts'
import { OwnKeys } from '../federation/keys/index.ts'
import { UnusableFile } from '../unusable-file.ts'
import { type CommandOutput, type Status, standardOutput } from './room-server.ts'
import { table } from './table.ts'

interface CommandOptions {
  readonly config?: string
  readonly json: boolean
}

type KeysConfiguration = Pick<Configuration, 'server_name' | 'data_directory' | 'signing_key' | 'database'>

const exitStatus =
  '\nExit status: 0 done, 1 there is no key yet, 2 the configuration, a file or the database cannot be used.'

export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('the keys that this server signs with')
  withOptions(keys.command('list').description('show the key in use and those of before'), listKeys)
  withOptions(
    keys
      .command('rotate')
      .description('make a new key, to be used from the next start on; the server must be stopped')
      .addHelpText(
        'after',
        '\nOnly where somebody else may have the key: what it signed stays valid, and is published as old.',
      ),
    rotateKey,
  )
}

function withOptions(
  command: Command,
  run: (configuration: KeysConfiguration, json: boolean, output: CommandOutput) => Status,
): void {
  command
    .option('-c, --config <file>', 'the configuration (default: neurite.yaml, else defaults)')
    .option('--json', 'JSON, for scripts', false)
    .addHelpText('after', exitStatus)
    .action(({ config, json }: CommandOptions) => {
      process.exitCode = withConfiguration(config, configuration => run(configuration, json, standardOutput))
    })
}

function withConfiguration(file: string | undefined, run: (configuration: Configuration) => Status): Status {
  try {
    return run(loadConfiguration(file, process.env, process.cwd()))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const isExpected =
      error instanceof ConfigurationError || error instanceof UnusableFile || error.name === 'CannotOpenStorage'
    if (!isExpected && (error as NodeJS.ErrnoException).code === undefined) throw error
    standardOutput.problem(error.message)
    return 2
  }
}

/** @throws {UnusableFile} */
export function listKeys(configuration: KeysConfiguration, json: boolean, output: CommandOutput): Status {
  const keys = keysOf(configuration, output)
  if (keys === undefined) return 1
  const { keyId, seed } = keys.signer()
  const inUse = { keyId, publicKey: encodeBase64(nodeCrypto.publicKeyOf(seed)) }
  const old = keys.old.map(key => ({ ...key, publicKey: encodeBase64(key.publicKey) }))
  if (json) for (const key of [inUse, ...old]) output.line(JSON.stringify(key))
  else
    for (const line of table(
      ['key', 'public key', 'used until'],
      [
        [inUse.keyId, inUse.publicKey, 'in use'],
        ...old.map(key => [key.keyId, key.publicKey, new Date(key.expiredAt).toISOString()]),
      ],
    ))
      output.line(line)
  return 0
}

/** @throws {UnusableFile}; {CannotOpenStorage} while a server runs: it would go on to sign with the key that is published as old */
export function rotateKey(configuration: KeysConfiguration, json: boolean, output: CommandOutput): Status {
  const rooms = resolve(configuration.data_directory, configuration.database.path)
  const lock = existsSync(rooms) ? lockForThisProcess(rooms) : undefined
  try {
    const keys = keysOf(configuration, output)
    if (keys === undefined) return 1
    const replaced = keys.signer().keyId
    keys.rotate()
    const { keyId } = keys.signer()
    if (json) output.line(JSON.stringify({ keyId, replaced }))
    else output.line(`${keyId} is used from the next start on; ${replaced} is published as old`)
    return 0
  } finally {
    lock?.release()
  }
}

/** @returns undefined where there is no key yet, which is said: only a start makes the first one */
function keysOf({ server_name, data_directory, signing_key }: KeysConfiguration, output: CommandOutput) {
  const path = resolve(data_directory, signing_key)
  if (existsSync(path))
    return new OwnKeys({ path, serverName: server_name as ServerName, runtime: nodeRuntime, crypto: nodeCrypto })
  output.problem(`${path} is not there: the first start makes it`)
  return undefined
}
