/**
 * `neurite start`: runs the server until it is told to stop.
 */
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { Command } from 'commander'
import { ConfigurationError, defaultConfigurationFile, loadConfiguration, millisecondsOf } from '../config/index.ts'
import { createLog, type Log } from '../logging/log.ts'
import { type Homeserver, openHomeserver } from '../server/open-homeserver.ts'
import { UnusableFile } from '../unusable-file.ts'
import { softwareName, softwareVersion } from '../version.ts'
import { standardOutput } from './room-server.ts'

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('start the server; SIGINT (Ctrl-C) or SIGTERM stops it')
    .option('-c, --config <file>', `the configuration (default: ${defaultConfigurationFile}, else defaults)`)
    .addHelpText('after', '\nExit status: 0 stopped when told to, 2 it could not be started.')
    .action(async ({ config }: { config?: string }) => {
      process.exitCode = await start(config)
    })
}

async function start(file: string | undefined): Promise<0 | 2> {
  try {
    const configuration = loadConfiguration(file, process.env, process.cwd())
    const log = createLog(configuration.log)
    const homeserver = await openHomeserver(configuration, log)
    for (const line of welcome(homeserver, configuration.server_name)) standardOutput.line(line)
    const signal = await toldToStop()
    log.info({ signal }, 'stopping')
    await closeWithin(homeserver, millisecondsOf(configuration.shutdown_within), log)
    return 0
  } catch (error) {
    const problem = problemOf(error)
    if (problem === undefined) throw error
    standardOutput.problem(problem)
    return 2
  }
}

/** What whoever starts a server can mend. */
function problemOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `${error.message}: is a server running already? Set listen.port to another port`
  const isExpected =
    error instanceof ConfigurationError || error instanceof UnusableFile || error.name === 'CannotOpenStorage'
  return isExpected || code !== undefined ? error.message : undefined
}

function toldToStop(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}

/** A second signal, or too long a wait, ends the process at once: nothing that was accepted is lost by it. */
async function closeWithin(homeserver: Homeserver, milliseconds: number, log: Log): Promise<void> {
  const giveUp = nodeRuntime.timers.setTimer(milliseconds, () => {
    log.warn('not everything that had begun has ended in time; what was accepted is stored')
    process.exit(0)
  })
  void toldToStop().then(() => process.exit(0))
  await homeserver.close()
  giveUp.cancel()
}

/** Where it is, and what to try: for whoever starts it the first time. */
export function welcome({ listeners, data }: Homeserver, serverName: string): string[] {
  const [first] = listeners
  const from = relative(process.cwd(), data.path) || '.'
  const secret = relative(process.cwd(), data.roomServerSecretFile)
  const rooms = listeners.find(({ serve }) => serve.includes('room_server')) ?? first
  const call = (operation: string, body: string) =>
    `  curl -s -H "Authorization: Bearer $(cat ${secret})" ${rooms?.url}/_neurite/v1/${operation} -d '${body}'`
  const clients = listeners.find(({ serve }) => serve.includes('client'))
  return [
    `${softwareName} ${softwareVersion} runs as ${serverName} at ${listeners.map(({ url }) => url).join(' and ')}`,
    `Everything is kept in ${from} (${data.isNew ? 'new' : 'as the last start left it'}).`,
    ...(clients === undefined
      ? []
      : [
          `Clients connect to ${clients.url}. An account, the first one best with --admin:`,
          '  npm run -s neurite -- create-user NAME',
        ]),
    '',
    'Three commands to try on the rooms themselves, in another terminal: create a room, send a message, read the state.',
    call('performCreateRoom', `{"creator": "@ann:${serverName}", "name": "Hall", "preset": "public_chat"}`),
    call(
      'performSend',
      `{"roomId": "ROOM", "event": {"type": "m.room.message", "sender": "@ann:${serverName}", "content": {"msgtype": "m.text", "body": "Hello"}}}`,
    ),
    call('queryCurrentState', '{"roomId": "ROOM"}'),
    `Every operation: ${rooms?.url}/_neurite/v1/openapi.json. ${existsSync(defaultConfigurationFile) ? '' : 'A configuration to begin with: npm run -s neurite -- config generate NAME.'}`.trimEnd(),
  ]
}
