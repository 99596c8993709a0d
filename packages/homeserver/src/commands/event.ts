/**
 * `neurite event EVENT`: an event as it is stored; `neurite explain …`: what became of it and why.
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

interface EventOptions extends ReachOptions {
  readonly room?: string
}

export function addEventCommand(program: Command): void {
  withReachOptions(
    program
      .command('event')
      .description('show an event as it is stored')
      .argument('<event>', 'an event ID')
      .option('--room <room>', 'its room, where the ID is in several'),
  ).action(async (event: string, options: EventOptions) => {
    process.exitCode = await ask(options, standardOutput, roomServer =>
      showEvent(roomServer, event, options, standardOutput),
    )
  })
}

export function addExplainCommand(program: Command): void {
  withReachOptions(
    program
      .command('explain')
      .description('say what became of an event and why, or why an entry of the current state is what it is')
      .argument('<event-or-room>', 'an event ID; or a room ID or alias, followed by type and state key')
      .argument('[type]', 'an event type')
      .argument('[state-key]', 'a state key; the empty one if left out')
      .option('--room <room>', 'the event’s room, where the ID is in several'),
  ).action(async (subject: string, type: string | undefined, stateKey: string | undefined, options: EventOptions) => {
    process.exitCode = await ask(options, standardOutput, async roomServer =>
      type === undefined
        ? explainEvent(roomServer, subject, options, standardOutput)
        : explainEntry(roomServer, await roomIdOf(roomServer, subject), type, stateKey ?? '', options, standardOutput),
    )
  })
}

export async function showEvent(
  roomServer: QueryApi,
  eventId: string,
  options: EventOptions,
  output: CommandOutput,
): Promise<Status> {
  const { roomId } = await verdictOf(roomServer, eventId, options)
  const { events } = await roomServer.queryEventsById({ roomId, eventIds: [eventId] })
  const [event] = events
  if (event === undefined) return 1
  if (options.json) output.line(JSON.stringify(event))
  else {
    const notes = [event.status, event.outlier ? 'outlier' : '', event.redactedBecause === undefined ? '' : 'redacted']
    output.line(
      `${event.eventId} in ${event.roomId} (room version ${event.roomVersion}): ${notes.filter(Boolean).join(', ')}`,
    )
    output.line(JSON.stringify(JSON.parse(event.pdu), undefined, 2))
  }
  return 0
}

export async function explainEvent(
  roomServer: QueryApi,
  eventId: string,
  options: EventOptions,
  output: CommandOutput,
): Promise<Status> {
  const verdict = await verdictOf(roomServer, eventId, options)
  if (options.json) {
    output.line(JSON.stringify(verdict))
    return 0
  }
  const { type, stateKey, roomId, status, reason, outlier, provisional, stateBefore, redactedBecause } = verdict
  output.line(`${eventId}: ${type}${stateKey === undefined ? '' : ` with state key ${JSON.stringify(stateKey)}`}`)
  output.line(`  room        ${roomId}`)
  output.line(`  came from   ${verdict.origin}`)
  output.line(
    `  verdict     ${status}${outlier ? ', by its auth events only: its place in the graph is not known' : ''}`,
  )
  if (reason !== undefined) {
    output.line(`  check       ${reason.check}`)
    output.line(`  rule        ${reason.rule}`)
    output.line(`  reason      ${reason.reason}`)
    if (reason.decidedBy !== undefined) output.line(`  decided by  ${reason.decidedBy}`)
  }
  output.line(`  final       ${provisional ? `no: it rests on a state that is ${stateBefore}` : 'yes'}`)
  output.line(`  builds on   ${verdict.prevEvents.join(' ') || 'nothing'}`)
  output.line(`  auth events ${verdict.authEvents.join(' ') || 'none'}`)
  if (verdict.isForwardExtremity) output.line('  it is a forward extremity')
  if (verdict.isInCurrentState) output.line('  it is in the current state')
  if (redactedBecause !== undefined) output.line(`  redacted by ${redactedBecause}`)
  return 0
}

export async function explainEntry(
  roomServer: QueryApi,
  roomId: string,
  type: string,
  stateKey: string,
  { json }: EventOptions,
  output: CommandOutput,
): Promise<Status> {
  const resolution = await roomServer.queryResolution({ roomId, type, stateKey })
  if (json) {
    output.line(JSON.stringify(resolution))
    return 0
  }
  const { current, conflicted, states, steps } = resolution
  output.line(`${type} ${JSON.stringify(stateKey)} in ${roomId}: ${current ?? 'there is none'}`)
  for (const { extremity, eventId } of states) output.line(`  after ${extremity}: ${eventId ?? 'none'}`)
  if (!conflicted) output.line('  the forward extremities agree: nothing had to be resolved')
  for (const { eventId, allowed, rule, reason } of steps)
    output.line(`  ${allowed ? '✔' : '✖'} ${eventId}${allowed ? '' : `: ${rule}: ${reason}`}`)
  return 0
}

async function verdictOf(roomServer: QueryApi, eventId: string, { room }: EventOptions) {
  const roomId = room === undefined ? undefined : await roomIdOf(roomServer, room)
  return roomServer.queryVerdict({ eventId, ...(roomId === undefined ? {} : { roomId }) })
}
