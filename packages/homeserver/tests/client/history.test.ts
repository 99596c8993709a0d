/**
 * Scrolling back to before a join: what was said then is on other servers, and fetched as it is asked for.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eve, FarRoom } from '../../../roomserver/tests/far-room.ts'
import { far } from '../../../roomserver/tests/server-in-memory.ts'
import { ClientServer, must, room } from './client-server.ts'

test('pages of messages go back past a join to what was said before it, as far as the room goes', async () => {
  const hall = new FarRoom()
  const { roomId } = hall
  const said = Array.from({ length: 130 }, (_, i) => hall.say(eve, `${i}`).event.eventId)
  const asked: number[] = []
  const others = {
    remoteServers: hall.remoteServers,
    peers: hall.peers({
      backfill: (server, of, from, limit) => {
        asked.push(limit)
        return hall.peers().backfill(server, of, from, limit)
      },
    }),
  }
  const server = await ClientServer.open(undefined, others)
  try {
    const bob = await server.user('bob')
    await must(bob.post(`/join/${encodeURIComponent(roomId)}?via=${far}`))
    const after = await bob.say(roomId, 'here I am')
    const seen: { event_id: string; type: string }[] = []
    let from = ''
    do {
      const page = await must(bob.get(`${room(roomId)}/messages?dir=b&limit=20${from}`))
      seen.push(...page.chunk)
      from = page.end === undefined ? '' : `&from=${page.end}`
    } while (from !== '')
    assert.equal(seen[0]?.event_id, after)
    const messages = seen.filter(({ type }) => type === 'm.room.message').map(({ event_id }) => event_id)
    assert.deepEqual(messages, [after, ...said.toReversed()])
    assert.equal(seen.at(-1)?.type, 'm.room.create')
    assert.equal(new Set(seen.map(({ event_id }) => event_id)).size, seen.length)
    // Two pieces and an answer that there is no more, not a question for each page.
    assert.ok(asked.length <= 3, `${asked.length} questions`)
    assert.deepEqual(server.errors, [])
  } finally {
    await server.close()
  }
})
