/**
 * Reads: what was written comes back the same, in pages and in order, and only of the room that was asked for.
 */
import assert from 'node:assert/strict'
import { maxLocalNumber, type StateKeyNid, type StateSnapshotNid } from '../../types/index.ts'
import type { EventRow, IdentityRow, SnapshotRow } from '../index.ts'
import { type StorageTest, using } from './place.ts'
import { hashId, TestRoom, user } from './rooms.ts'

export const readTests: readonly StorageTest[] = [
  {
    name: 'events come back as they were written, whatever they hold',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const old = [room.write(), room.write(), room.write()]
        const [one, two, three] = old.map(write => write.row.event) as [
          EventRow['event'],
          EventRow['event'],
          EventRow['event'],
        ]
        const odd: Partial<EventRow>[] = [
          { prevEvents: [three, one, two], authEvents: [two, one], depth: 0 },
          { depth: Number.MAX_SAFE_INTEGER, status: 'soft-failed', provisional: true },
          { depth: 123_456_789_012_345_678_901_234_567_890n },
          { depth: -5n },
          { depth: -7, status: 'rejected', reason: { check: 'a', rule: 'b', reason: 'c', decidedBy: undefined } },
          { stateKey: user(3), snapshotBefore: room.snapshot(), snapshotAfter: room.snapshot() },
          { snapshotBefore: room.snapshot(), snapshotAfter: 0 },
          { snapshotBefore: room.snapshot(room.snapshots), snapshotAfter: room.snapshot(room.snapshots) },
          // A prev event that was stored after it: an outlier that was judged anew.
          { prevEvents: [room.event(40)] },
          { event: room.event(maxLocalNumber), authEvents: [one] },
          { origin: '', eventId: '$opaque:example.org' },
          { eventId: `$${'A'.repeat(43)}` },
          // Base64 that would not come back the same: the last character has bits set that 32 bytes do not have.
          { eventId: `$${'A'.repeat(42)}B` },
          { eventId: `$${'a+/'.repeat(14)}A` },
          { eventId: '$with \u0000 and \ud800 and “é”' },
          { eventId: '' },
        ]
        const writes = odd.map(parts => room.write({ eventId: hashId(JSON.stringify(parts, plain)), ...parts }))
        const opening = room.commit({ events: [...old, ...writes] })
        await storage.commit(opening)
        const rows = opening.events.map(write => write.row)
        const read = await storage.reader.events(rows.map(row => row.event))
        assert.deepEqual(read, rows)
        for (const { row } of writes)
          assert.deepEqual([...(await storage.reader.eventNids(room.room, [row.eventId]))], [[row.eventId, row.event]])
      }),
  },
  {
    name: 'an event ID is found in its own room only, unknown ones are left out',
    run: place =>
      using(place, async storage => {
        const [one, two] = [await TestRoom.in(storage, '!one:x'), await TestRoom.in(storage, '!two:x')]
        for (const eventId of [hashId('shared'), '$shared:x']) {
          const [inOne, inTwo] = [one.write({ eventId }), two.write({ eventId })]
          await storage.commit(one.commit({ events: [inOne] }))
          assert.deepEqual(await storage.reader.eventNids(two.room, [eventId]), new Map())
          await storage.commit(two.commit({ events: [inTwo] }))
          const unknown = [hashId('unknown'), '$unknown:x']
          const find = (room: TestRoom) => storage.reader.eventNids(room.room, [...unknown, eventId])
          assert.deepEqual(await find(one), new Map([[eventId, inOne.row.event]]))
          assert.deepEqual(await find(two), new Map([[eventId, inTwo.row.event]]))
        }
        assert.deepEqual(await storage.reader.events([one.event(999)]), [])
        assert.deepEqual(await storage.reader.eventJson([one.event(999)]), new Map())
      }),
  },
  {
    name: 'two event IDs that begin alike are two',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const ids = ['A', 'B', 'C'].map(letter => `$AAAAAAAAAAAAAAAAAAAA${letter.repeat(22)}A`)
        const writes = ids.map(eventId => room.write({ eventId }))
        await storage.commit(room.commit({ events: writes }))
        assert.deepEqual(
          [...(await storage.reader.eventNids(room.room, ids))],
          writes.map(({ row }) => [row.eventId, row.event]),
        )
      }),
  },
  {
    name: 'JSON comes back to the character',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const texts = [
          '{}',
          '{"a":"“é” 😀"}',
          '{"a":"\\u0000\\ud800"}',
          `{"a":"${'x'.repeat(65_536)}"}`,
          '{"a":"\ud800"}',
        ]
        const events = texts.map(json => ({ row: room.row(), json }))
        await storage.commit(room.commit({ events }))
        const nids = events.map(({ row }) => row.event)
        assert.deepEqual([...(await storage.reader.eventJson(nids)).values()], texts)
        const expected = events.map(({ row: { event, eventId, status, outlier }, json }) => {
          return { event, eventId, status, outlier, json }
        })
        assert.deepEqual(await storage.reader.eventTexts([...nids, room.event()]), expected)
      }),
  },
  {
    name: 'the events of a room are its own, in pages, by rising NID',
    run: place =>
      using(place, async storage => {
        const rooms = [
          await TestRoom.in(storage, '!a:x'),
          await TestRoom.in(storage, '!b:x'),
          await TestRoom.in(storage, '!c:x'),
        ]
        for (const room of rooms)
          await storage.commit(room.commit({ events: Array.from({ length: 7 }, () => room.write()) }))
        const { room, event } = { room: rooms[1]!, event: (local: number) => rooms[1]!.event(local) }
        const page = async (after: number, limit: number) =>
          (await storage.reader.eventsOfRoom(room.room, after === 0 ? 0 : event(after), limit)).map(row => row.event)
        assert.deepEqual(await page(0, 3), [1, 2, 3].map(event))
        assert.deepEqual(await page(3, 3), [4, 5, 6].map(event))
        assert.deepEqual(await page(6, 3), [event(7)])
        assert.deepEqual(await page(7, 3), [])
        assert.deepEqual(await page(0, 100), [1, 2, 3, 4, 5, 6, 7].map(event))
      }),
  },
  {
    name: 'the auth graph holds the state events of a room, with what they name and whether they were rejected',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const create = room.write({ stateKey: 1 as StateKeyNid })
        const message = room.write({ authEvents: [create.row.event] })
        const rejected = room.write({ stateKey: user(1), status: 'rejected', authEvents: [create.row.event] })
        const last = room.write({ stateKey: user(2), authEvents: [rejected.row.event, create.row.event] })
        await storage.commit(room.commit({ events: [create, message, rejected, last] }))
        const expected = [create, rejected, last].map(({ row: { event, type, stateKey, status, authEvents } }) => {
          return { event, type, stateKey, rejected: status === 'rejected', authEvents }
        })
        assert.deepEqual(await storage.reader.authGraph(room.room, 0, 10), expected)
        assert.deepEqual(await storage.reader.authGraph(room.room, create.row.event, 1), expected.slice(1, 2))
        assert.deepEqual(await storage.reader.authGraph(room.room, last.row.event, 10), [])
      }),
  },
  {
    name: 'snapshots, blocks and identities come back as they were written',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const blocks = [0, 1, 300].map(length => ({ block: room.block(), data: new Uint8Array(length).fill(length) }))
        const [b1, b2, b3] = blocks.map(row => row.block) as [
          (typeof blocks)[0]['block'],
          (typeof blocks)[0]['block'],
          (typeof blocks)[0]['block'],
        ]
        const big = room.block(maxLocalNumber)
        const first = room.snapshot()
        const forms: SnapshotRow['form'][] = [
          { kind: 'whole', parent: 0, blocks: [b1, b2] },
          { kind: 'append', parent: first, block: b3 },
          { kind: 'append', parent: room.snapshot(20_000), block: big },
          { kind: 'merge', parent: first, at: 3, count: 63, merged: big, block: 0 },
          { kind: 'merge', parent: first, at: 0, count: 2, merged: b1, block: b2 },
          { kind: 'whole', parent: first, blocks: [] },
          { kind: 'whole', parent: first, blocks: Array.from({ length: 64 }, (_, at) => room.block(1_000 - at)) },
        ]
        const origins = ['computed', 'given', 'partial', 'imported'] as const
        const snapshots = forms.map((form, at) => {
          return { snapshot: at === 0 ? first : room.snapshot(), form, origin: origins[at % 4]! }
        })
        const identities: IdentityRow[] = [
          { kind: 'merge', inputs: [b2, b1], result: b3 },
          { kind: 'merge', inputs: [b1, b2], result: big },
          { kind: 'whole', inputs: [first], result: first },
          { kind: 'resolution', inputs: [first, room.snapshot(maxLocalNumber)], result: first },
          { kind: 'resolution', inputs: [first], result: first },
          { kind: 'merge', inputs: [first], result: b1 },
        ]
        await storage.commit(room.commit({ blocks, snapshots, identities }))

        const nids = snapshots.map(row => row.snapshot)
        assert.deepEqual(await storage.reader.snapshots(nids), snapshots)
        assert.deepEqual(await storage.reader.snapshots([nids[3]!, 5_000 as StateSnapshotNid, nids[1]!]), [
          snapshots[3],
          snapshots[1],
        ])
        assert.deepEqual(
          plainBlocks(await storage.reader.blocks([b3, b1, b2])),
          plainBlocks([blocks[2]!, blocks[0]!, blocks[1]!]),
        )
        for (const { kind, inputs, result } of identities)
          assert.equal(await storage.reader.identity(room.room, kind, inputs), result)
        assert.equal(await storage.reader.identity(room.room, 'whole', [room.snapshot(99)]), undefined)
      }),
  },
  {
    name: 'memberships are those of the current state: put, changed, removed, read in pages',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const kinds = ['join', 'invite', 'knock', 'leave', 'ban'] as const
        const rows = Array.from({ length: 10 }, (_, at) => {
          return { user: user(at), event: room.event(), membership: kinds[at % 5]! }
        })
        await storage.commit(room.commit({ memberships: [...rows].reverse() }))
        const of = (kind: (typeof kinds)[number] | undefined, after: StateKeyNid | 0, limit: number) =>
          storage.reader.memberships(room.room, kind, after, limit)
        assert.deepEqual(await of(undefined, 0, 100), rows)
        assert.deepEqual(await of(undefined, user(2), 3), rows.slice(3, 6))
        assert.deepEqual(await of('leave', 0, 1), [rows[3]])
        assert.deepEqual(await of('leave', user(3), 10), [rows[8]])
        assert.deepEqual(await storage.reader.membership(room.room, user(4)), rows[4])

        const left = { ...rows[0]!, event: room.event(), membership: 'leave' } as const
        await storage.commit(
          room.commit({ memberships: [left, { ...rows[1]!, event: 0 }, { ...rows[1]!, user: user(77), event: 0 }] }),
        )
        assert.deepEqual(await storage.reader.membership(room.room, user(0)), left)
        assert.equal(await storage.reader.membership(room.room, user(1)), undefined)
        assert.deepEqual(await of('invite', 0, 100), [rows[6]])
      }),
  },
  {
    name: 'redactions are found by either of their events, and may come to apply later',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const [target, other] = [hashId('target'), '$old:x']
        const rows = [
          { redaction: hashId('r1'), target, applied: true },
          { redaction: '$r2:x', target, applied: false },
          { redaction: hashId('r3'), target: other, applied: false },
          { redaction: target, target: other, applied: true },
        ]
        await storage.commit(room.commit({ redactions: rows }))
        const find = async (...ids: string[]) => {
          const found = await storage.reader.redactions(room.room, ids)
          return found.map(row => row.redaction).sort()
        }
        const names = (...at: number[]) => at.map(index => rows[index]!.redaction).sort()
        assert.deepEqual(await find(target), names(0, 1, 3))
        assert.deepEqual(await find(hashId('r1')), names(0))
        assert.deepEqual(await find(target, other), names(0, 1, 2, 3))
        assert.deepEqual(await find('$unknown:x'), [])
        await storage.commit(room.commit({ redactions: [{ ...rows[1]!, applied: true }] }))
        assert.deepEqual(await storage.reader.redactions(room.room, ['$r2:x']), [{ ...rows[1], applied: true }])
      }),
  },
  {
    name: 'rooms are listed by rising NID',
    run: place =>
      using(place, async storage => {
        const rooms: TestRoom[] = []
        for (let at = 0; at < 5; at++) rooms.push(await TestRoom.in(storage, `!${9 - at}:x`))
        for (const room of [...rooms].reverse()) await storage.commit(room.commit())
        const nids = rooms.map(room => room.room)
        const page = async (after: (typeof nids)[0] | 0, limit: number) =>
          (await storage.reader.rooms(after, limit)).map(row => row.room)
        assert.deepEqual(await page(0, 2), nids.slice(0, 2))
        assert.deepEqual(await page(nids[1]!, 10), nids.slice(2))
      }),
  },
]

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}

function plainBlocks(rows: readonly { readonly block: number; readonly data: Uint8Array }[]): unknown {
  return rows.map(({ block, data }) => [block, [...data]])
}
