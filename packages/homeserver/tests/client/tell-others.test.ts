/**
 * What other servers are told of users here that is no event. Server-server API, "Device Management".
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type RoomEvent, rulesOf, type ServerName } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { far, farEvent } from '../../../roomserver/tests/server-in-memory.ts'
import { type Sender, tellOthers } from '../../src/heads/tell-others.ts'
import { ClientServer, type ClientUser } from './client-server.ts'

const server = await ClientServer.open()
const sent: { readonly servers: readonly ServerName[]; readonly type: string; readonly user: unknown }[] = []
const sender: Sender = {
  sendPassing: () => undefined,
  sendKept: async (servers, { type, content }) => {
    sent.push({ servers: [...servers], type, user: content['user_id'] })
  },
  serversIn: async roomId => othersIn(server.rooms.server.api, roomId),
}
const stop = tellOthers(server.head.context, sender, error => server.errors.push(error))
after(async () => {
  stop()
  assert.deepEqual(server.errors, [])
  await server.close()
})

async function othersIn(api: RoomServerApi, roomId: string): Promise<ServerName[]> {
  const { servers } = await api.queryJoinedHosts({ roomId })
  return servers.map(({ server: name }) => name as ServerName).filter(name => name !== server.head.context.serverName)
}

/** Waits for what soon comes to pass. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !holds(); tries++) await nodeRuntime.timers.sleep(2)
}

/** A public room with somebody from elsewhere in it. */
async function roomWithEve(creator: ClientUser): Promise<string> {
  const roomId = await creator.createRoom({ preset: 'public_chat', room_version: '11' })
  // By then it is known that the creator is there: alone.
  await creator.sync()
  const eve = `@eve:${far}`
  const tip = (await server.rooms.events(roomId)).at(-1)?.event as RoomEvent
  const state = await server.rooms.state(roomId)
  const member = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  await server.rooms.take(farEvent(rulesOf('11'), { ...member, prevEvents: [tip], state }))
  return roomId
}

test('who comes into a room makes their devices known to the servers there that did not know them', async () => {
  const alice = await server.user('alice')
  const bob = await server.user('bob')
  const rooms = [await roomWithEve(alice), await roomWithEve(alice)]
  for (const roomId of rooms) await bob.join(roomId)
  const carol = await server.user('carol')
  await carol.join(rooms[0] as string)
  await carol.sync()
  await until(() => sent.some(({ user }) => user === carol.userId))
  const update = { servers: [far], type: 'm.device_list_update' }
  assert.deepEqual(
    sent.filter(({ servers }) => servers.length > 0),
    [
      { ...update, user: bob.userId },
      { ...update, user: carol.userId },
    ],
  )
})
