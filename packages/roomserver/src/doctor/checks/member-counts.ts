/**
 * How many members a room has joined and invited, and how many of the joined ones each server has: kept, and counted here anew.
 */
import { memberTable } from '../../input/member-table.ts'
import type { Reader } from '../../storage/index.ts'
import type { RoomNid } from '../../types/index.ts'
import type { RoomCheck } from '../check.ts'

const page = 500

export const memberCounts: RoomCheck = {
  id: 'member-counts',
  of: 'room',
  why: 'they say which servers are sent events and may ask for them, and how large a room is',
  async *run({ row }, { reader, states, events, pause }) {
    const table = await memberTable(await states.view(row.currentSnapshot), events, () => pause(page))
    const counted = `${table.joined} members are joined and ${table.invited} invited`
    if (table.joined !== row.joinedMembers || table.invited !== row.invitedMembers)
      yield { message: `${counted}, and it says ${row.joinedMembers} and ${row.invitedMembers}` }
    const stored = await joinedServers(row.room, reader)
    for (const server of new Set([...table.servers.keys(), ...stored.keys()])) {
      const [must, is] = [table.servers.get(server) ?? 0, stored.get(server) ?? 0]
      if (must !== is) yield { message: `${server} has ${must} joined members, and it says ${is}` }
    }
  },
}

async function joinedServers(room: RoomNid, reader: Reader): Promise<Map<string, number>> {
  const servers = new Map<string, number>()
  for (let after = ''; ; ) {
    const rows = await reader.joinedServers(room, after, page)
    for (const { server, members } of rows) servers.set(server, members)
    const last = rows.at(-1)
    if (last === undefined) return servers
    after = last.server
  }
}
