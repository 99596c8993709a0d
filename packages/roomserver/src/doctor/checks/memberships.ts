/**
 * The table of memberships: a row for each member of the current state that has a membership, and no other.
 */
import type { RoomEvent } from '@neurite/protocol'
import type { MembershipRow, Reader } from '../../storage/index.ts'
import {
  type EventNid,
  localOf,
  memberTypeNid,
  type RoomNid,
  type StateEntry,
  type StateKeyNid,
} from '../../types/index.ts'
import type { CheckContext, RoomCheck } from '../check.ts'

const page = 500
const known: ReadonlySet<unknown> = new Set<MembershipRow['membership']>(['join', 'invite', 'knock', 'leave', 'ban'])

export const memberships: RoomCheck = {
  id: 'memberships',
  of: 'room',
  why: 'who is in the room decides who is sent its events, and who may read them',
  async *run({ row }, context) {
    const { reader, states, pause } = context
    const view = await states.view(row.currentSnapshot)
    // Both by rising number of the user: compared side by side.
    const stored = rowsOf(reader, row.room)
    let next = await stored.next()
    for (const members of pagesOf(view.entriesOfType(memberTypeNid))) {
      for (const { stateKey: user, event, membership } of await membershipsOf(members, context)) {
        for (; next.done !== true && next.value.user < user; next = await stored.next())
          yield {
            message: `${await nameOf(next.value.user, reader)} has a row, and the current state has no such member`,
          }
        const own = next.done !== true && next.value.user === user ? next.value : undefined
        if (own !== undefined) next = await stored.next()
        if (own?.event === (membership === undefined ? undefined : event) && own?.membership === membership) continue
        const is = own === undefined ? 'no row' : `${own.membership} by event number ${localOf(own.event as EventNid)}`
        const must = membership === undefined ? 'none' : `${membership} by event number ${localOf(event)}`
        yield { message: `${await nameOf(user, reader)} has ${is}, and must have ${must}` }
      }
      await pause(members.length)
    }
    for (; next.done !== true; next = await stored.next())
      yield { message: `${await nameOf(next.value.user, reader)} has a row, and the current state has no such member` }
  },
}

async function* rowsOf(reader: Reader, room: RoomNid): AsyncGenerator<MembershipRow, undefined> {
  for (let after: StateKeyNid | 0 = 0; ; ) {
    const rows = await reader.memberships(room, undefined, after, page)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.user
  }
}

function* pagesOf(entries: Iterable<StateEntry>): Generator<StateEntry[]> {
  let rows: StateEntry[] = []
  for (const entry of entries) {
    rows.push(entry)
    if (rows.length < page) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

async function membershipsOf(members: readonly StateEntry[], { events }: CheckContext) {
  const loaded = await events.load(members.map(({ event }) => event))
  return members.map(({ stateKey, event }) => {
    const { membership } = (loaded.get(event) as RoomEvent).content
    return {
      stateKey,
      event,
      membership: known.has(membership) ? (membership as MembershipRow['membership']) : undefined,
    }
  })
}

async function nameOf(user: StateKeyNid, reader: Reader): Promise<string> {
  return (await reader.stateKeys([user])).get(user) ?? `state key NID ${user}`
}
