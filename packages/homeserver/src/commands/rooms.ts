/**
 * `neurite rooms`: the rooms of the server.
 */
import type { Command } from 'commander'
import type { QueryApi } from '../server/open-for-queries.ts'
import {
  ask,
  type CommandOutput,
  type ReachOptions,
  type Status,
  standardOutput,
  withReachOptions,
} from './room-server.ts'
import { table } from './table.ts'

interface RoomsOptions extends ReachOptions {
  readonly search?: string
  readonly empty?: boolean
}

export function addRoomsCommand(program: Command): void {
  withReachOptions(
    program
      .command('rooms')
      .description('list the rooms of the server')
      .option('--search <text>', 'only those with this in their name, alias or ID')
      .option('--empty', 'only those without a local user'),
  ).action(async (options: RoomsOptions) => {
    process.exitCode = await ask(options, standardOutput, roomServer => listRooms(roomServer, options, standardOutput))
  })
}

export async function listRooms(roomServer: QueryApi, options: RoomsOptions, output: CommandOutput): Promise<Status> {
  const { search, empty, json } = options
  const rows: string[][] = []
  for (let after: string | undefined; ; ) {
    const page = await roomServer.queryRooms({
      ...(search === undefined ? {} : { search }),
      ...(empty === undefined ? {} : { emptyOnly: empty }),
      ...(after === undefined ? {} : { after }),
    })
    for (const found of page.rooms) {
      const { room, localMembers, forwardExtremities, blocked } = found
      if (json) output.line(JSON.stringify(found))
      const name = room.name ?? room.canonicalAlias ?? ''
      const members = `${room.joinedMembers}`
      rows.push([
        room.roomId,
        room.roomVersion,
        members,
        `${localMembers}`,
        `${forwardExtremities}`,
        blocked ? 'blocked' : '',
        name,
      ])
    }
    after = page.next
    if (after === undefined) break
  }
  if (!json)
    for (const line of table(['room', 'version', 'members', 'local', 'extremities', '', 'name'], rows))
      output.line(line)
  return 0
}
