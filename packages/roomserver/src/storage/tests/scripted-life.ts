/**
 * The life of two rooms, step by step: every kind of write, several in flight. Whoever starts it on a database goes on where
 * it was left, so that a life with any number of deaths must end as one without.
 */
import assert from 'node:assert/strict'
import type { EventNid, QueueRowNid, StateKeyNid } from '../../types/index.ts'
import { afterRoom, inRoom, localOf } from '../../types/index.ts'
import type { EventRow, RoomCommit, Storage } from '../index.ts'
import { hashId, TestRoom } from './rooms.ts'

const roomIds = ['!a:example.org', '!b:example.org']
const stepsOfRoom = 6

/**
 * Lives to the end.
 * @param acknowledge is told of every output that a commit acknowledged
 */
export async function live(storage: Storage, acknowledge: (position: number, payload: string) => void): Promise<void> {
  await Promise.all(roomIds.map(roomId => liveInRoom(storage, roomId, acknowledge)))
}

async function liveInRoom(
  storage: Storage,
  roomId: string,
  acknowledge: (position: number, payload: string) => void,
): Promise<void> {
  const stored = await storage.reader.room(roomId)
  const room = new TestRoom(stored?.room ?? (await storage.allotRoom()), roomId)
  room.counter = stored?.counter ?? 0
  room.events = (stored?.next.event ?? 1) - 1
  room.snapshots = (stored?.next.snapshot ?? 1) - 1
  room.blocks = (stored?.next.block ?? 1) - 1

  const queued = await storage.reader.queue(roomId, 0, 100)
  const rows = new Map(queued.map(({ item, row }) => [item, row]))
  const missing = steps(room.counter).filter(step => !rows.has(`${step}`))
  const added = await storage.enqueue(missing.map(step => ({ roomId, item: `${step}` })))
  for (const [at, step] of missing.entries()) rows.set(`${step}`, added[at]!)
  const last = rows.get(`${stepsOfRoom - 1}`)
  if (last !== undefined) await storage.retryLater([{ row: last, notBefore: 7, attempts: 1, waitsFor: 'its turn' }])

  // All in flight at once: some end up in one group, whatever the writer makes of it.
  const commits = []
  for (const step of steps(room.counter)) commits.push(await stepOf(storage, room, step, rows.get(`${step}`)!))
  const results = await Promise.allSettled(commits.map(commit => storage.commit(commit)))
  for (const [at, result] of results.entries()) {
    if (result.status === 'rejected') throw result.reason
    for (const [of, position] of result.value.positions.entries()) acknowledge(position, commits[at]!.outputs[of]!)
  }
}

function steps(from: number): number[] {
  return Array.from({ length: stepsOfRoom - from }, (_, at) => from + at)
}

async function stepOf(storage: Storage, room: TestRoom, step: number, row: QueueRowNid): Promise<RoomCommit> {
  const [type] = await storage.internEventTypes([`type ${step}`])
  const [key] = await storage.internStateKeys([`@user${step}:x`])
  const event = room.event()
  const block = room.block()
  const before = room.snapshots === 0 ? 0 : room.snapshot(room.snapshots)
  const snapshot = room.snapshot()
  const eventId = (local: number) => hashId(`${room.roomId} ${local}`)
  const state = room.write({
    ...{ event, eventId: eventId(room.events), type: type!, stateKey: key!, depth: step + 1 },
    prevEvents: step === 0 ? [] : [room.event(room.events - 1)],
    ...{ authEvents: step === 0 ? [] : [room.event(1)], snapshotBefore: before, snapshotAfter: snapshot },
  })
  const first = step < 3 ? [] : [anew(room, eventId(1))]
  const membership = { user: key!, event, membership: 'join' } as const
  return room.commit({
    events: [{ ...state, json: `{"step":${step}}` }, ...first],
    blocks: [{ block, data: new Uint8Array([step, 1, 2, 3]) }],
    snapshots: [
      {
        snapshot,
        form: before === 0 ? { kind: 'whole', parent: 0, blocks: [block] } : { kind: 'append', parent: before, block },
        origin: 'computed',
      },
    ],
    identities: before === 0 ? [] : [{ kind: 'resolution', inputs: [before], result: snapshot }],
    currentSnapshot: snapshot,
    forwardExtremities: [event],
    memberships: step % 3 === 2 ? [membership, { ...membership, event: 0 }] : [membership],
    redactions: step % 2 === 0 ? [] : [{ redaction: eventId(room.events), target: eventId(1), applied: true }],
    waits: [{ on: eventId(99), event }],
    waitsEnd: step % 2 === 0 ? [] : [room.event(room.events - 1)],
    outputs: [`${room.roomId} ${step}`, `${room.roomId} ${step} more`],
    finishes: [row],
  })
}

/** The room's first event, judged anew. */
function anew(room: TestRoom, eventId: string): { row: EventRow; json: undefined } {
  const row = room.row({ event: inRoom(room.room, 1), eventId, status: 'soft-failed' })
  return { row, json: undefined }
}

/** Everything there is in words that do not depend on which numbers were lost on the way. */
export async function tell({ reader }: Storage): Promise<unknown> {
  const nameOf = async (key: StateKeyNid) => (await reader.stateKeys([key])).get(key)
  const rooms = await Promise.all(
    roomIds.map(async roomId => {
      const row = await reader.room(roomId)
      if (row === undefined) return undefined
      const events = await reader.eventsOfRoom(row.room, 0, 1_000)
      const nids = events.map(({ event }) => event)
      const locals = <T extends EventNid>(list: readonly T[]) => list.map(localOf)
      const at = <N extends number>(from: number) =>
        Array.from({ length: 50 }, (_, n) => inRoom(row.room, n + from) as never as N)
      return {
        ...{
          ...row,
          room: 0,
          currentSnapshot: localOf(row.currentSnapshot),
          forwardExtremities: locals(row.forwardExtremities),
        },
        events: await Promise.all(
          events.map(async event => ({
            ...{ ...event, event: localOf(event.event), prevEvents: locals(event.prevEvents) },
            ...{ authEvents: locals(event.authEvents), before: localOf(event.snapshotBefore) },
            ...{ snapshotBefore: 0, snapshotAfter: localOf(event.snapshotAfter) },
            stateKey: event.stateKey === 0 ? '' : await nameOf(event.stateKey),
            type: (await reader.eventTypes([event.type])).get(event.type),
          })),
        ),
        json: [...(await reader.eventJson(nids)).values()],
        found: (
          await reader.eventNids(
            row.room,
            events.map(event => event.eventId),
          )
        ).size,
        snapshots: (await reader.snapshots(at(1))).map(({ snapshot, form }) => [localOf(snapshot), form.kind]),
        blocks: (await reader.blocks(at(1))).map(({ block, data }) => [localOf(block), [...data]]),
        memberships: await Promise.all(
          (await reader.memberships(row.room, undefined, 0, 100)).map(async ({ user, event }) => [
            await nameOf(user),
            localOf(event as EventNid),
          ]),
        ),
        redactions: (await reader.redactions(row.room, [hashId(`${roomId} 1`)])).length,
        waiting: locals(await reader.waitingFor(row.room, hashId(`${roomId} 99`))),
        queue: (await reader.queue(roomId, 0, 100)).map(({ item }) => item),
        rowsAfter: (await reader.eventsOfRoom(row.room, (afterRoom(row.room) - 1) as EventNid, 1)).length,
      }
    }),
  )
  const output = await reader.output(0, 1_000)
  assert.deepEqual(
    output.map(row => row.position),
    output.map((_, at) => at + 1),
    'positions have gaps',
  )
  assert.equal(await reader.lastPosition(), output.length)
  const outputOf = (roomId: string) => output.map(row => row.payload).filter(payload => payload.startsWith(roomId))
  return { rooms, output: roomIds.map(outputOf) }
}
