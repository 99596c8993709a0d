/**
 * `neurite create-user NAME`: opens an account on the running server, of an administrator too, whoever else may register.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { Command } from 'commander'
import { request } from 'undici'
import { ConfigurationError, loadConfiguration } from '../config/index.ts'
import { partUrl, type Status, standardOutput } from './room-server.ts'

interface CommandOptions {
  readonly config?: string
  readonly url?: string
  readonly password?: string
  readonly admin: boolean
  readonly json: boolean
}

const endpoint = '/_synapse/admin/v1/register'
/** 96 bits, where none is named. */
const passwordBytes = 12

export function addCreateUserCommand(program: Command): void {
  program
    .command('create-user')
    .description('open an account on the running server')
    .argument('<name>', 'the local part of the user ID: ann for @ann:example.org')
    .option('--password <password>', 'the password (default: one is made up and shown)')
    .option('--admin', 'an administrator of the server', false)
    .option('-c, --config <file>', 'the configuration (default: neurite.yaml, else defaults)')
    .option('--url <url>', 'where the client API answers')
    .option('--json', 'JSON, for scripts', false)
    .addHelpText('after', '\nExit status: 0 done, 1 refused, 2 the configuration or the server cannot be used.')
    .action(async (name: string, options: CommandOptions) => {
      process.exitCode = await createUser(name, options)
    })
}

async function createUser(name: string, options: CommandOptions): Promise<Status> {
  try {
    const configuration = loadConfiguration(options.config, process.env, process.cwd())
    const { data_directory, client } = configuration
    const secret = readFileSync(resolve(data_directory, client.registration.secret), 'utf8').trim()
    const url = options.url ?? partUrl(configuration, 'client')
    if (url === undefined) throw new ConfigurationError('listen', 'no place serves clients', configuration.source)
    const made = Buffer.from(nodeRuntime.randomness.bytes(passwordBytes)).toString('base64url')
    const password = options.password ?? made
    const { status, body } = await register({ url, secret, name, password, isAdmin: options.admin })
    if (status !== 200) {
      standardOutput.problem(`${name}: ${body['errcode']}: ${body['error']}`)
      return 1
    }
    const userId = `${body['user_id']}`
    if (options.json) standardOutput.line(JSON.stringify({ userId, password }))
    else standardOutput.line(`${userId}, password ${password}`)
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { code } = error as NodeJS.ErrnoException
    if (!(error instanceof ConfigurationError) && code === undefined) throw error
    const isDown = code === 'ECONNREFUSED'
    standardOutput.problem(isDown ? 'the server does not answer: start it first' : error.message)
    return 2
  }
}

interface Account {
  readonly url: string
  readonly secret: string
  readonly name: string
  readonly password: string
  readonly isAdmin: boolean
}

async function register({ url, secret, name, password, isAdmin }: Account) {
  const { nonce } = (await (await request(url + endpoint)).body.json()) as { nonce: string }
  const mac = createHmac('sha1', secret)
    .update([nonce, name, password, isAdmin ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex')
  const answer = await request(url + endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nonce, username: name, password, admin: isAdmin, mac, inhibit_login: true }),
  })
  return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> }
}
