/**
 * Letting another server look into a world-readable room: it is sent events as long as it renews. MSC2444.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { changeAndTell } from './change-and-tell.ts'
import type { PerformContext } from './context.ts'
import { refuseUnlessReadable } from './peek.ts'
import { existingRoom } from './room-state.ts'

export async function inboundPeek(
  request: RequestTo<'performInboundPeek'>,
  context: PerformContext,
): Promise<ResponseFrom<'performInboundPeek'>> {
  const { roomId, server, peekId, renewalInterval, end = false } = request
  const { storage, runtime, states } = context
  const room = await existingRoom(roomId, context)
  if (end) {
    const retired = { kind: 'inbound-peek-retired', server, peekId } as const
    await changeAndTell(roomId, [{ kind: 'remove-inbound-peek', roomId, server, peekId }], retired, context)
    return {}
  }
  await refuseUnlessReadable(server, room, context)
  const renewedAt = runtime.clock.now()
  const row = { roomId, server, peekId, renewalInterval, renewedAt }
  await changeAndTell(roomId, [{ kind: 'put-inbound-peek', ...row }], { kind: 'inbound-peek', server, peekId }, context)
  const state = [...room.view.entries()].map(({ event }) => event)
  const rows = await storage.reader.events(state)
  const graph = { nid: room.row.room, roomId, rules: room.rules, next: room.row.next }
  const chain = await states.authChain(
    graph,
    rows.map(({ authEvents }) => authEvents),
  )
  const [newest] = await storage.reader.events(room.row.forwardExtremities)
  const json = newest === undefined ? undefined : (await storage.reader.eventJson([newest.event])).get(newest.event)
  return {
    roomVersion: room.row.roomVersion,
    stateIds: rows.map(({ eventId }) => eventId),
    authChainIds: (await storage.reader.events(chain)).map(({ eventId }) => eventId),
    ...(newest === undefined || json === undefined
      ? {}
      : {
          latestEvent: {
            ...{ eventId: newest.eventId, roomId, roomVersion: room.row.roomVersion, pdu: json },
            ...{ status: newest.status, outlier: newest.outlier },
          },
        }),
  }
}
