/**
 * GET /sync: everything that has happened since a client was told last; it waits where that is nothing. Client-server API, "Syncing".
 */
import { type Static, Type } from 'typebox'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { findSyncFilter } from '../filters/parse-filter.ts'
import { presenceState } from '../presence/presence-status.ts'
import { anyObject } from '../schemas.ts'
import { ignoredBy } from './ignored-users.ts'
import { lookAt, type SyncAnswer } from './look-at.ts'
import { readSyncToken, type SyncPosition } from './token.ts'
import { Watch } from './watch.ts'

/** The longest that a client may wait. Milliseconds: what lies between often cuts off after some minutes. */
const maxTimeout = 120_000

const events = Type.Object({ events: Type.Array(anyObject) })
const timeline = Type.Object({
  events: Type.Array(anyObject),
  limited: Type.Boolean(),
  prev_batch: Type.Optional(Type.String()),
})
const counts = Type.Object({ notification_count: Type.Integer(), highlight_count: Type.Integer() })
const joined = Type.Object({
  timeline,
  state: Type.Optional(events),
  state_after: Type.Optional(events),
  ephemeral: events,
  account_data: events,
  summary: anyObject,
  unread_notifications: counts,
  unread_thread_notifications: Type.Optional(Type.Record(Type.String(), counts)),
})
const left = Type.Object({
  timeline,
  state: Type.Optional(events),
  state_after: Type.Optional(events),
  account_data: events,
})
const rooms = Type.Object({
  join: Type.Record(Type.String(), joined),
  leave: Type.Record(Type.String(), left),
  invite: Type.Record(Type.String(), Type.Object({ invite_state: events })),
  knock: Type.Record(Type.String(), Type.Object({ knock_state: events })),
})

const query = Type.Object({
  filter: Type.Optional(Type.String()),
  since: Type.Optional(Type.String()),
  full_state: Type.Optional(Type.Boolean()),
  set_presence: Type.Optional(presenceState),
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  use_state_after: Type.Optional(Type.Boolean()),
})

export const sync = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/sync',
    access: 'user',
    query,
    response: Type.Object({
      next_batch: Type.String(),
      rooms,
      account_data: events,
      presence: events,
      to_device: events,
      device_lists: Type.Object({ changed: Type.Array(Type.String()), left: Type.Array(Type.String()) }),
      device_one_time_keys_count: Type.Record(Type.String(), Type.Integer()),
      device_unused_fallback_key_types: Type.Array(Type.String()),
    }),
  },
  async ({ context, caller, query: given, request }) => {
    const since = given.since === undefined || given.since === '' ? undefined : readSyncToken(given.since)
    await beHere(context, caller, given.set_presence ?? 'online')
    if (since !== undefined) await takenUpTo(context, caller, since)
    const watch = new Watch(context, caller)
    try {
      return (await answer(context, caller, given, since, watch, request.signal)) as never
    } finally {
      watch.stop()
    }
  },
)

async function answer(
  context: ClientContext,
  caller: Caller,
  given: Static<typeof query>,
  since: SyncPosition | undefined,
  watch: Watch,
  signal: AbortSignal,
): Promise<SyncAnswer> {
  const { clock } = context.runtime
  const filter = findSyncFilter(context, caller.userId, given.filter)
  const end = clock.monotonic() + Math.min(given.timeout ?? 0, maxTimeout)
  const fullState = given.full_state === true
  const stateAfter = given.use_state_after === true
  for (;;) {
    watch.again()
    await context.rooms.catchUp()
    const seen = await lookAt({
      ...{ context, caller, filter, since, fullState, stateAfter },
      upTo: { rooms: context.rooms.position, streams: context.streams.positions },
      ignored: ignoredBy(context.tables, caller.userId),
    })
    const left = end - clock.monotonic()
    if (since === undefined || fullState || !seen.isEmpty || left <= 0 || signal.aborted) return seen.answer
    watch.inRooms(seen.joined)
    await watch.wait(left, signal)
  }
}

/** Whoever asks is there, unless they do not want that to be known. */
async function beHere(
  { presence, passing }: ClientContext,
  { userId }: Caller,
  state: Static<typeof presenceState>,
): Promise<void> {
  if (state === 'offline') return
  if (presence.set(userId, state, presence.of(userId)?.message)) await passing.tell({ kind: 'presence', userId })
}

/** Messages to the device that were in the answer before have arrived: the client shows that by going on from it. */
async function takenUpTo(
  { database, tables }: ClientContext,
  { userId, deviceId }: Caller,
  { streams }: SyncPosition,
): Promise<void> {
  if (deviceId === undefined) return
  const { toDeviceMessages } = tables
  const { events: taken } = toDeviceMessages.waiting(userId, deviceId, 0, streams.to_device, 1)
  if (taken.length > 0) await database.write(toDeviceMessages.taken(userId, deviceId, streams.to_device))
}
