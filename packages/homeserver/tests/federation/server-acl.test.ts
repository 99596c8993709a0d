/**
 * A server that a room's ACL refuses: every endpoint that the specification protects refuses it, and what it sends of that room is left
 * out. The same requests about a room without an ACL show that it is the ACL that refuses. Server-server API, "Server Access Control
 * Lists (ACLs)".
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { canonicalJson, type JsonObject, type JsonValue, nodeCrypto } from '@neurite/protocol'
import { Agent, request } from 'undici'
import { authorizationOf } from '../../src/federation/requests/request-signature.ts'
import { Federation, until } from '../../src/federation/testing/index.ts'

const federation = new Federation()
const agent = new Agent({ connect: { rejectUnauthorized: false } })
after(async () => {
  await agent.close()
  await federation.close()
})

const one = await federation.open('one.example')
const two = await federation.open('two.example')
const ann = `@ann:${one.name}`
const bob = `@bob:${two.name}`
/** Of the version that has both forms of every endpoint. */
const roomVersion = '1'

interface Asked {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly body?: JsonValue
}

/** Asks the first server, as the second one. */
async function ask({ method, path, body }: Asked): Promise<{ readonly status: number; readonly error: string }> {
  const content = body === undefined ? undefined : canonicalJson(body)
  const signed = { method, uri: path, destination: one.name, content }
  const answer = await request(`https://127.0.0.1:${one.port}${path}`, {
    ...{
      method,
      dispatcher: agent,
      headers: { authorization: authorizationOf(signed, two.outgoing.ownKeys.signer(), nodeCrypto) },
    },
    ...(content === undefined ? {} : { body: content }),
  })
  const { errcode = '', error = '' } = (await answer.body.json()) as { errcode?: string; error?: string }
  return { status: answer.statusCode, error: `${errcode} ${error}` }
}

const federationPath = (version: number, name: string, ...parts: string[]) =>
  [`/_matrix/federation/v${version}/${name}`, ...parts.map(encodeURIComponent)].join('/')

/** The prefixes that the specification lists, in its order, with a request under each that begins with it. */
const protectedEndpoints: readonly [prefix: string, asked: (roomId: string, eventId: string) => Asked][] = [
  ['v1/make_join', room => ({ method: 'GET', path: `${federationPath(1, 'make_join', room, bob)}?ver=1` })],
  ['v1/make_leave', room => ({ method: 'GET', path: federationPath(1, 'make_leave', room, bob) })],
  ['v1/send_join', (room, event) => ({ method: 'PUT', path: federationPath(1, 'send_join', room, event), body: {} })],
  ['v2/send_join', (room, event) => ({ method: 'PUT', path: federationPath(2, 'send_join', room, event), body: {} })],
  ['v1/send_leave', (room, event) => ({ method: 'PUT', path: federationPath(1, 'send_leave', room, event), body: {} })],
  ['v2/send_leave', (room, event) => ({ method: 'PUT', path: federationPath(2, 'send_leave', room, event), body: {} })],
  [
    'v1/invite',
    (room, event) => ({ method: 'PUT', path: federationPath(1, 'invite', room, event), body: inviteIn(room) }),
  ],
  [
    'v2/invite',
    (room, event) => ({
      ...{ method: 'PUT', path: federationPath(2, 'invite', room, event) },
      body: { event: inviteIn(room), room_version: roomVersion, invite_room_state: [] },
    }),
  ],
  ['v1/make_knock', room => ({ method: 'GET', path: `${federationPath(1, 'make_knock', room, bob)}?ver=1` })],
  ['v1/send_knock', (room, event) => ({ method: 'PUT', path: federationPath(1, 'send_knock', room, event), body: {} })],
  ['v1/state', (room, event) => ({ method: 'GET', path: `${federationPath(1, 'state', room)}?event_id=${event}` })],
  [
    'v1/state_ids',
    (room, event) => ({ method: 'GET', path: `${federationPath(1, 'state_ids', room)}?event_id=${event}` }),
  ],
  [
    'v1/backfill',
    (room, event) => ({ method: 'GET', path: `${federationPath(1, 'backfill', room)}?limit=5&v=${event}` }),
  ],
  ['v1/event_auth', (room, event) => ({ method: 'GET', path: federationPath(1, 'event_auth', room, event) })],
  [
    'v1/get_missing_events',
    (room, event) => ({
      ...{ method: 'POST', path: federationPath(1, 'get_missing_events', room) },
      body: { earliest_events: [], latest_events: [event], limit: 5 },
    }),
  ],
  // Not on the list, and as much about the room.
  ['v1/timestamp_to_event', room => ({ method: 'GET', path: `${federationPath(1, 'timestamp_to_event', room)}?ts=0` })],
]

const inviteIn = (roomId: string): JsonObject => ({
  ...{ type: 'm.room.member', room_id: roomId, sender: bob, state_key: `@new:${one.name}` },
  content: { membership: 'invite' },
})

const message = { msgtype: 'm.text', body: 'hello' }
const say = async (roomId: string) =>
  (await one.api.performSend({ roomId, event: { type: 'm.room.message', sender: ann, content: message } })).eventId

/** A room that both servers are in, with an event that both have. */
async function sharedRoom(): Promise<{ readonly roomId: string; readonly eventId: string }> {
  const { roomId } = await one.api.performCreateRoom({ creator: ann, preset: 'public_chat', roomVersion })
  await two.api.performJoin({ roomIdOrAlias: roomId, userId: bob, via: [one.name] })
  return { roomId, eventId: await say(roomId) }
}

const open = await sharedRoom()
const closed = await sharedRoom()
const acl = { allow: ['*'], deny: ['two.example'] }
await one.api.performSend({
  roomId: closed.roomId,
  event: { type: 'm.room.server_acl', stateKey: '', sender: ann, content: acl },
})

for (const [prefix, asked] of protectedEndpoints)
  test(`${prefix} refuses a server that the room's ACL refuses, and no other`, async () => {
    const refused = await ask(asked(closed.roomId, closed.eventId))
    assert.deepEqual(refused, {
      status: 403,
      error: `M_FORBIDDEN ${two.name} is refused by the server ACL of room ${closed.roomId}`,
    })
    assert.doesNotMatch((await ask(asked(open.roomId, open.eventId))).error, /server ACL/)
  })

test('typing and receipts of a room whose ACL refuses the server are left out, and of other rooms taken', async () => {
  const typing = (roomId: string) => ({ type: 'm.typing', content: { room_id: roomId, user_id: bob, typing: true } })
  const receipts = { [bob]: { data: { ts: 1 }, event_ids: ['$event'] } }
  const edus = [
    typing(closed.roomId),
    { type: 'm.receipt', content: { [closed.roomId]: { 'm.read': receipts }, [open.roomId]: { 'm.read': receipts } } },
    typing(open.roomId),
  ]
  const body = {
    ...{ origin: two.name, origin_server_ts: 1, pdus: [] },
    edus: edus.map(({ type, content }) => ({ edu_type: type, content })),
  }
  const { status } = await ask({ method: 'PUT', path: federationPath(1, 'send', 'edus'), body })
  assert.equal(status, 200)
  assert.deepEqual(
    one.edus.map(({ type, content }) => [type, content['room_id'] ?? Object.keys(content)]),
    [
      ['m.receipt', [open.roomId]],
      ['m.typing', open.roomId],
    ],
  )
})

test('a server that the ACL refuses is still sent events while it is in the room', async () => {
  const eventId = await say(closed.roomId)
  await until('the event has arrived', async () => {
    const { events } = await two.api.queryEventsById({ roomId: closed.roomId, eventIds: [eventId] })
    return events.length > 0
  })
})

test('nothing happened that nothing was prepared for', () => assert.deepEqual(federation.errors, []))
