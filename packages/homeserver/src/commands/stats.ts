/**
 * `neurite stats [ROOM]`: figures of the server or of one room.
 */
import type { Command } from 'commander'
import type { QueryApi } from '../server/open-for-queries.ts'
import {
  ask,
  type CommandOutput,
  type ReachOptions,
  roomIdOf,
  type Status,
  standardOutput,
  withReachOptions,
} from './room-server.ts'

export function addStatsCommand(program: Command): void {
  withReachOptions(
    program
      .command('stats')
      .description('figures of the server, or of one room')
      .argument('[room]', 'a room ID or alias'),
  ).action(async (room: string | undefined, options: ReachOptions) => {
    process.exitCode = await ask(options, standardOutput, async roomServer =>
      showStats(roomServer, room === undefined ? undefined : await roomIdOf(roomServer, room), options, standardOutput),
    )
  })
}

const words: Readonly<Record<string, string>> = {
  rooms: 'rooms',
  events: 'events',
  provisional: 'of them with a verdict that may change',
  stateSnapshots: 'state snapshots',
  stateBlocks: 'state blocks',
  joinedMembers: 'joined members',
  forwardExtremities: 'forward extremities',
  queuedEvents: 'events that wait in the queue',
  outputPosition: 'last position of the output log',
}

export async function showStats(
  roomServer: QueryApi,
  roomId: string | undefined,
  { json }: Pick<ReachOptions, 'json'>,
  output: CommandOutput,
): Promise<Status> {
  const stats = await roomServer.queryStats(roomId === undefined ? {} : { roomId })
  if (json) output.line(JSON.stringify(stats))
  else
    for (const [name, value] of Object.entries(stats))
      output.line(`${String(value).padStart(12)}  ${words[name] ?? name}`)
  return 0
}
