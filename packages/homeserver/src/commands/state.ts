/**
 * `neurite state ROOM`: the current state of a room, or the state before an event.
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
import { table } from './table.ts'

interface StateOptions extends ReachOptions {
  readonly at?: string
  readonly after?: string
  readonly type?: string
}

export function addStateCommand(program: Command): void {
  withReachOptions(
    program
      .command('state')
      .description('show the state of a room')
      .argument('<room>', 'a room ID or a local alias')
      .option('--at <event>', 'the state before this event')
      .option('--after <event>', 'the state after this event')
      .option('--type <type>', 'only entries of this type'),
  ).action(async (room: string, options: StateOptions) => {
    process.exitCode = await ask(options, standardOutput, async roomServer =>
      showState(roomServer, await roomIdOf(roomServer, room), options, standardOutput),
    )
  })
}

export async function showState(
  roomServer: QueryApi,
  roomId: string,
  { at, after, type, json }: StateOptions,
  output: CommandOutput,
): Promise<Status> {
  const eventId = at ?? after
  const entries =
    eventId === undefined
      ? await currentEntries(roomServer, roomId)
      : (await roomServer.queryStateAtEvent({ roomId, eventId, when: at === undefined ? 'after' : 'before' })).entries
  const shown = entries.filter(([entryType]) => type === undefined || entryType === type)
  if (json)
    for (const [entryType, stateKey, id] of shown)
      output.line(JSON.stringify({ type: entryType, stateKey, eventId: id }))
  else for (const line of table(['type', 'state key', 'event'], shown)) output.line(line)
  return 0
}

async function currentEntries(roomServer: QueryApi, roomId: string): Promise<[string, string, string][]> {
  const { state } = await roomServer.queryCurrentState({ roomId })
  return state.map(({ pdu, eventId }) => {
    const { type, state_key: stateKey } = JSON.parse(pdu) as { type: string; state_key: string }
    return [type, stateKey, eventId]
  })
}
