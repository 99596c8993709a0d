/**
 * What clients see of rooms that lie on two servers.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { WholeServer } from './whole-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-whole-'))
const one = await WholeServer.open(folder)
const two = await WholeServer.open(folder)
after(async () => {
  await one.close()
  await two.close()
  rmSync(folder, { recursive: true })
  assert.deepEqual([...one.complaints, ...two.complaints], [])
})
const ann = await one.user('ann')
const bob = await two.user('bob')
const room = (roomId: string) => `/rooms/${encodeURIComponent(roomId)}`

test('who joins by an invite finds it in what their join replaced', async () => {
  const roomId = await ann.createRoom({ preset: 'private_chat', invite: [bob.userId], is_direct: true })
  await bob.join(roomId, one)
  const { timeline } = (await bob.sync()).rooms.join[roomId]
  const { unsigned } = timeline.events.find((event: { state_key?: string }) => event.state_key === bob.userId)
  assert.equal(unsigned.prev_sender, ann.userId)
  assert.deepEqual([unsigned.prev_content.membership, unsigned.prev_content.is_direct], ['invite', true])
})

test('an event nearest to a moment is found on another server, and history goes on from there', async () => {
  const roomId = await ann.createRoom({ preset: 'public_chat' })
  const first = await ann.say(roomId, 'first')
  const second = await ann.say(roomId, 'second')
  const seen = await ann.get(`/_matrix/client/v3${room(roomId)}/event/${second}`)
  await bob.join(roomId, one)
  const near = await bob.get(`/_matrix/client/v1${room(roomId)}/timestamp_to_event?dir=b&ts=${seen.origin_server_ts}`)
  assert.equal(near.event_id, second)
  const { start } = await bob.get(`/_matrix/client/v3${room(roomId)}/context/${second}?limit=0`)
  const { chunk } = await bob.get(`/_matrix/client/v3${room(roomId)}/messages?dir=b&from=${start}`)
  assert.equal(chunk[0].event_id, first)
})

test('a space shows its rooms on other servers, and what is below them, to those who may know of them', async () => {
  const bobs = await bob.createRoom({ preset: 'public_chat', name: 'Bob’s' })
  const below = await bob.createRoom({ preset: 'public_chat', creation_content: { type: 'm.space' } })
  const secret = await bob.createRoom({ preset: 'private_chat' })
  const space = await ann.createRoom({ preset: 'public_chat', creation_content: { type: 'm.space' } })
  const add = (user: typeof ann, parent: string, child: string) =>
    user.put(`/_matrix/client/v3${room(parent)}/state/m.space.child/${encodeURIComponent(child)}`, { via: [two.name] })
  await add(ann, space, below)
  await add(bob, below, bobs)
  await add(bob, below, secret)
  const shown = async (query: string) => {
    const { rooms, next_batch } = await ann.get(`/_matrix/client/v1${room(space)}/hierarchy${query}`)
    return { ids: rooms.map((one: { room_id: string }) => one.room_id), next: next_batch }
  }
  assert.deepEqual((await shown('')).ids, [space, below, bobs])
  const page = await shown('?limit=2')
  assert.deepEqual([page.ids, (await shown(`?from=${page.next}`)).ids], [[space, below], [bobs]])
  assert.deepEqual((await shown('?max_depth=1')).ids, [space, below])
  const via = `?via=${encodeURIComponent(two.name)}`
  const summary = await ann.get(`/_matrix/client/v1/room_summary/${encodeURIComponent(bobs)}${via}`)
  assert.deepEqual([summary.room_id, summary.name], [bobs, 'Bob’s'])
  await assert.rejects(ann.get(`/_matrix/client/v1/room_summary/${encodeURIComponent(secret)}${via}`), /M_NOT_FOUND/)
})
