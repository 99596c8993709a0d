/**
 * Reads of every kind, of two readers that must show the same.
 */
import assert from 'node:assert/strict'
import type { SeededRandomness } from '../../runtime/index.ts'
import type { EventNid, StateKeyNid } from '../../types/index.ts'
import type { Reader } from '../index.ts'
import { type RandomChanges, readsOfDirectory } from './random-changes.ts'
import type { RandomRoom } from './random-commits.ts'
import { user } from './rooms.ts'

type Read = (reader: Reader) => Promise<unknown>

/** Compares some reads drawn by chance. */
export async function compareSome(
  one: Reader,
  other: Reader,
  rooms: readonly RandomRoom[],
  changes: RandomChanges,
  random: SeededRandomness,
): Promise<void> {
  const room = random.pick(rooms)
  for (let left = 3; left > 0; left--) await compare(one, other, random.pick(readsOf(room, random)))
  for (let left = 2; left > 0; left--) await compare(one, other, random.pick(readsOfDirectory(changes, random)))
}

/** Compares everything there is. */
export async function compareAll(
  one: Reader,
  other: Reader,
  rooms: readonly RandomRoom[],
  changes: RandomChanges,
  random: SeededRandomness,
): Promise<void> {
  for (const room of rooms)
    for (const read of [...readsOf(room, random), ...wholeOf(room)]) await compare(one, other, read)
  for (const read of readsOfDirectory(changes, random)) await compare(one, other, read)
  for (const read of logs) await compare(one, other, read)
}

/** A list's order matters; a map's does not, nor that of rows that are found by ID. */
async function compare(one: Reader, other: Reader, read: Read): Promise<void> {
  assert.deepEqual(await read(one), await read(other), `in ${read}`)
}

const logs: readonly Read[] = [
  reader => reader.output(0, 100_000),
  reader => reader.lastPosition(),
  reader => reader.queuedRooms('', 100),
  reader => reader.purgingRooms(0, 100),
  reader => reader.published(undefined, undefined, '', 1_000),
  reader => reader.published('irc', undefined, '', 1_000),
  reader => reader.blockedRooms('', 1_000),
  reader => reader.reports(0, 10_000),
]

function wholeOf({ room, roomId }: RandomRoom): Read[] {
  return [
    reader => reader.room(roomId),
    reader => reader.rooms(0, 100),
    reader => reader.eventsOfRoom(room, 0, 100_000),
    async reader => reader.eventJson((await reader.eventsOfRoom(room, 0, 100_000)).map(row => row.event)),
    async reader => reader.eventTexts((await reader.eventsOfRoom(room, 0, 100_000)).map(row => row.event)),
    reader => reader.authGraph(room, 0, 100_000),
    reader => reader.provisionalEvents(room, 0, 100_000),
    reader => reader.memberships(room, undefined, 0, 1_000),
    reader => reader.queue(roomId, 0, 100_000),
    reader => reader.queueLength(roomId, 100_000),
    reader => reader.eventsNear(room, 0, 'forwards', 100_000),
    reader => reader.joinedServers(room, '', 1_000),
    reader => reader.aliasesOfRoom(roomId, '', 1_000),
    reader => reader.partialJoins(undefined, 1_000),
    reader => reader.peeksOfRoom(roomId, undefined, 1_000),
    reader => reader.inboundPeeks(roomId, undefined, 1_000),
  ]
}

function readsOf(from: RandomRoom, random: SeededRandomness): Read[] {
  const { room, roomId } = from
  const limit = 1 + random.nextInt(10)
  const after = random.pick([0 as const, from.event()])
  const afterUser = random.pick([0 as const, user(random.nextInt(12))])
  const events = [from.event(), from.event(), from.event()]
  const ids = [from.eventId(), from.eventId(), from.eventId()]
  const snapshots = [...new Set([from.snapshot(), from.snapshot(), from.snapshot()])]
  const blocks = [...new Set([from.block(), from.block(), from.block()])]
  const kind = random.pick(['merge', 'whole', 'resolution'] as const)
  const inputs = from.inputs()
  const membership = random.pick([undefined, 'join', 'ban'] as const)
  const [time, server] = [from.time(), from.server()]
  const afterServer = random.pick(['', from.server()])
  const afterRoom = random.pick([0 as const, room])
  const direction = random.pick(['forwards', 'backwards'] as const)
  const distinct = <T extends EventNid>(list: readonly T[]) => [...new Set(list)]
  return [
    reader => reader.room(roomId),
    reader => reader.roomByNid(room),
    reader => reader.rooms(0, limit),
    async reader => new Map([...(await reader.eventNids(room, ids))].sort()),
    reader => reader.events(distinct(events)),
    reader => reader.eventsOfRoom(room, after, limit),
    reader => reader.provisionalEvents(room, after, limit),
    reader => reader.eventIds(events),
    reader => reader.eventJson(events),
    reader => reader.eventTexts(distinct(events)),
    reader => reader.authGraph(room, after, limit),
    reader => reader.snapshots(snapshots),
    async reader => (await reader.blocks(blocks)).map(({ block, data }) => [block, [...data]]),
    reader => reader.identity(room, kind, inputs),
    reader => reader.membership(room, user(random.nextInt(1)) as StateKeyNid),
    reader => reader.membership(room, user(limit)),
    reader => reader.memberships(room, membership, afterUser, limit),
    reader => reader.membershipsOfUser(user(limit), membership, afterRoom, limit),
    reader => reader.eventsNear(room, time, direction, limit),
    reader => reader.joinedServers(room, afterServer, limit),
    reader => reader.joinedMembersOfServer(room, server),
    reader => reader.roomsOfServer(server, afterRoom, limit),
    async reader => (await reader.waitingFor(room, ids[0]!)).sort((a, b) => a - b),
    async reader => new Map((await reader.redactions(room, ids)).map(row => [row.redaction, row])),
  ]
}
