/**
 * The operation that reads the output log: outputs as callers get them, with IDs in place of NIDs.
 */
import type { OutputEventInfo, OutputInfo, RequestTo, ResponseFrom } from '../api/index.ts'
import { type CallOptions, defaultPage, RoomServerError } from '../api/index.ts'
import type { Timers } from '../runtime/index.ts'
import type { Reader } from '../storage/reader.ts'
import type { EventNid, StateSnapshotNid } from '../types/index.ts'
import { deltaOf, type StateDelta, type StoredOutput } from './output.ts'
import type { OutputEvent, OutputLog } from './output-log.ts'
import { positionNumber, positionText } from './position.ts'

/** Tells what differs between two states: the events that one has and the other has not, 0 for none. */
export interface StateDifferences {
  differences(
    before: StateSnapshotNid | 0,
    after: StateSnapshotNid | 0,
  ): Promise<readonly { readonly before: EventNid | 0; readonly after: EventNid | 0 }[]>
}

export interface ReadOutputParts {
  readonly log: OutputLog
  readonly reader: Reader
  readonly states: StateDifferences
  readonly timers: Timers
  /** Does the work of putting a page together: for whoever wants to know how long it takes. */
  readonly timed: <T>(work: () => Promise<T>) => Promise<T>
}

/** @throws {RoomServerError} `M_INVALID_PARAM` for a position that the log has not reached: it is of another, newer database */
export async function readOutputs(
  { after, limit = defaultPage, wait = 0, stateBefore = false }: RequestTo<'readOutput'>,
  { log, reader, states, timers, timed }: ReadOutputParts,
  { signal }: CallOptions = {},
): Promise<ResponseFrom<'readOutput'>> {
  const from = positionNumber(after)
  let page = await log.page(from, limit)
  if (page.length === 0) await refuseBeyondEnd(from, reader)
  // Whoever waits when the server stops is told that there is nothing, and asks again when it is back.
  if (page.length === 0 && wait > 0 && (await log.waitBeyond(from, wait, timers, signal)))
    page = await log.page(from, limit)
  const last = page.at(-1)
  if (last === undefined) return { events: [], position: after }
  const tools = { reader, states: stateBefore ? states : undefined }
  return { events: await timed(() => outputInfos(page, tools)), position: positionText(last.position) }
}

async function refuseBeyondEnd(from: number, reader: Reader): Promise<void> {
  const end = await reader.lastPosition()
  if (from > end)
    throw new RoomServerError(
      'M_INVALID_PARAM',
      `position ${from} is beyond the end of the output log, which is at ${end}`,
    )
}

interface OutputInfoTools {
  readonly reader: Reader
  /** Undefined: nobody asks for states before events. */
  readonly states: StateDifferences | undefined
}

/** Outputs with the IDs of their events: all of a page in one round trip. */
async function outputInfos(page: readonly OutputEvent[], tools: OutputInfoTools): Promise<OutputEventInfo[]> {
  const nids = [...new Set(page.flatMap(({ output }) => eventsIn(output)))]
  const ids = await tools.reader.eventIds(nids)
  const infos: OutputEventInfo[] = []
  for (const { position, roomId, output } of page)
    infos.push({ position: positionText(position), roomId, output: await toInfo(output, roomId, ids, tools) })
  return infos
}

/** In what the state before an event differs from the current state as it was then; null where one of them was collected since. */
async function stateBeforeOf(
  event: EventNid,
  currentBefore: StateSnapshotNid | 0,
  reader: Reader,
  states: StateDifferences,
): Promise<NamedDelta | null> {
  const [row] = await reader.events([event])
  const snapshot = row?.snapshotBefore ?? 0
  const wanted = [currentBefore, snapshot].filter((nid): nid is StateSnapshotNid => nid !== 0)
  if ((await reader.snapshots(wanted)).length < wanted.length) return null
  const delta = deltaOf(await states.differences(currentBefore, snapshot))
  return named(delta, await reader.eventIds(deltaEvents(delta)))
}

function eventsIn(output: StoredOutput): EventNid[] {
  switch (output.kind) {
    case 'new':
      return [output.event, ...output.extremities, ...output.added, ...output.removed]
    case 'old':
      return [output.event]
    case 'invite':
      return output.event === 0 ? [] : [output.event]
    case 'redacted':
    case 'unredacted':
      return [output.event, output.because]
    case 'state-corrected':
      return [output.event, ...deltaEvents(output.before), ...deltaEvents(output.current)]
    case 'invite-retired':
    case 'outside-invite-retired':
    case 'peek':
    case 'peek-retired':
    case 'inbound-peek':
    case 'inbound-peek-retired':
    case 'purged':
    case 'gone':
      return []
  }
}

/** By event IDs. */
interface NamedDelta {
  readonly added: string[]
  readonly removed: string[]
}

function named({ added, removed }: StateDelta, ids: ReadonlyMap<EventNid, string>): NamedDelta {
  const idsOf = (events: readonly EventNid[]) => events.map(event => ids.get(event) as string)
  return { added: idsOf(added), removed: idsOf(removed) }
}

function deltaEvents({ added, removed }: StateDelta): EventNid[] {
  return [...added, ...removed]
}

async function toInfo(
  output: StoredOutput,
  roomId: string,
  ids: ReadonlyMap<EventNid, string>,
  { reader, states }: OutputInfoTools,
): Promise<OutputInfo> {
  const id = (event: EventNid) => ids.get(event) as string
  const idsOf = (events: readonly EventNid[]) => events.map(id)
  const delta = (stored: StateDelta) => named(stored, ids)
  switch (output.kind) {
    case 'new': {
      const { event, extremities, historyVisibility, rewritesState, currentBefore, sendAsServer, transactionId } =
        output
      return {
        kind: 'new',
        eventId: id(event),
        forwardExtremities: idsOf(extremities),
        state: delta(output),
        historyVisibility,
        ...(rewritesState === undefined ? {} : { rewritesState }),
        ...(currentBefore === undefined || states === undefined
          ? {}
          : { stateBefore: await stateBeforeOf(event, currentBefore, reader, states) }),
        ...(sendAsServer === undefined ? {} : { sendAsServer }),
        ...(transactionId === undefined ? {} : { transactionId }),
      }
    }
    case 'old':
      return { kind: 'old', eventId: id(output.event), historyVisibility: output.historyVisibility }
    case 'invite': {
      const { user: userId, event } = output
      if (event !== 0) return { kind: 'invite', userId, eventId: id(event) }
      const invite = await reader.invite(roomId, userId)
      // It may be over by now: whoever reads on hears of that as well.
      if (invite === undefined) return { kind: 'gone' }
      return { kind: 'outside-invite', userId, eventId: invite.eventId, knock: invite.kind === 'knock' }
    }
    case 'invite-retired':
      return { kind: 'invite-retired', userId: output.user, membership: output.why }
    case 'outside-invite-retired': {
      const { kind, user: userId, why, leave } = output
      return { kind, userId, why, ...(leave === undefined ? {} : { leave }) }
    }
    case 'peek':
    case 'peek-retired':
      return { kind: output.kind, userId: output.user, device: output.device }
    case 'inbound-peek':
    case 'inbound-peek-retired':
      return { kind: output.kind, server: output.server, peekId: output.peekId }
    case 'redacted':
    case 'unredacted':
      return { kind: output.kind, eventId: id(output.event), because: id(output.because) }
    case 'state-corrected': {
      const { event, status, before, current } = output
      return { kind: 'state-corrected', eventId: id(event), status, before: delta(before), current: delta(current) }
    }
    case 'purged':
    case 'gone':
      return { kind: output.kind }
  }
}
