/**
 * Commits: whole or not at all, in order, under the room's counter and the partition's epoch; positions without gaps.
 */
import assert from 'node:assert/strict'
import type { RoomCommit } from '../index.ts'
import { OwnershipLost, RoomMovedOn } from '../storage.ts'
import { type StorageTest, using } from './place.ts'
import { TestRoom } from './rooms.ts'

export const commitTests: readonly StorageTest[] = [
  {
    name: 'the first commit of a room opens it, the next ones move it on',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        assert.equal(await storage.reader.room(room.roomId), undefined)
        assert.equal(await storage.reader.roomByNid(room.room), undefined)

        const first = room.write()
        const result = await storage.commit(room.commit({ events: [first], forwardExtremities: [first.row.event] }))
        assert.deepEqual(result, { counter: 1, positions: [] })
        const expected = {
          room: room.room,
          roomId: room.roomId,
          roomVersion: '11',
          counter: 1,
          next: { event: 2, snapshot: 1, block: 1 },
          currentSnapshot: 0,
          forwardExtremities: [first.row.event],
          joinedMembers: 0,
          invitedMembers: 0,
          purging: false,
        }
        assert.deepEqual(await storage.reader.room(room.roomId), expected)

        const current = room.snapshot()
        await storage.commit(room.commit({ currentSnapshot: current }))
        const moved = { ...expected, counter: 2, next: { event: 2, snapshot: 2, block: 1 }, currentSnapshot: current }
        assert.deepEqual(await storage.reader.roomByNid(room.room), moved)

        const [one, two] = [room.event(), room.event()]
        await storage.commit(room.commit({ members: { joined: 3, invited: 1 } }))
        await storage.commit(room.commit({ forwardExtremities: [two, one], currentSnapshot: 0 }))
        const { joinedMembers, invitedMembers } = (await storage.reader.roomByNid(room.room))!
        assert.deepEqual([joinedMembers, invitedMembers], [3, 1])
        const { currentSnapshot, forwardExtremities } = (await storage.reader.roomByNid(room.room))!
        assert.deepEqual([currentSnapshot, forwardExtremities], [0, [two, one]])
      }),
  },
  {
    name: 'a commit that builds on another counter is refused as a whole, and those of its group go on',
    run: place =>
      using(place, async storage => {
        const [moved, other] = [await TestRoom.in(storage), await TestRoom.in(storage, '!other:example.org')]
        const late: RoomCommit = { ...moved.commit({ events: [moved.write()], outputs: ['late'] }), expects: 5 }
        const results = await Promise.allSettled([
          storage.commit(other.commit({ outputs: ['one'] })),
          storage.commit(late),
          storage.commit(other.commit({ outputs: ['two'] })),
        ])
        assert.deepEqual(
          results.map(result => (result.status === 'fulfilled' ? result.value.positions : result.reason.constructor)),
          [[1], RoomMovedOn, [2]],
        )
        assert.equal(await storage.reader.roomByNid(moved.room), undefined)
        assert.deepEqual(await storage.reader.eventsOfRoom(moved.room, 0, 10), [])

        // The same again on the counter that the room is at.
        await storage.commit({ ...late, expects: 0 })
        await assert.rejects(storage.commit({ ...late, expects: 0 }), RoomMovedOn)
        await assert.rejects(storage.commit({ ...late, expects: 2, opens: undefined }), RoomMovedOn)
        assert.equal((await storage.reader.roomByNid(moved.room))?.counter, 1)
      }),
  },
  {
    name: 'a commit that cannot be written is refused as a whole, and those of its group go on',
    run: place =>
      using(place, async storage => {
        const [faulty, other] = [await TestRoom.in(storage), await TestRoom.in(storage, '!other:example.org')]
        const write = faulty.write()
        await storage.commit(faulty.commit({ events: [write], outputs: ['first'] }))

        // An event NID that is taken.
        const again = faulty.commit({ events: [faulty.write(), write], outputs: ['again'], finishes: [] })
        const results = await Promise.allSettled([
          storage.commit(other.commit({ outputs: ['one'] })),
          storage.commit(again),
          storage.commit(other.commit({ outputs: ['two'] })),
        ])
        assert.deepEqual(
          results.map(result => (result.status === 'fulfilled' ? result.value.positions : 'refused')),
          [[2], 'refused', [3]],
        )
        assert.equal((await storage.reader.eventsOfRoom(faulty.room, 0, 10)).length, 1)
        assert.equal((await storage.reader.roomByNid(faulty.room))?.counter, 1)
      }),
  },
  {
    name: 'no snapshot, block or identity takes the place of another',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const block = { block: room.block(), data: new Uint8Array([1]) }
        const snapshot = {
          snapshot: room.snapshot(),
          form: { kind: 'whole', parent: 0, blocks: [block.block] },
          origin: 'computed',
        } as const
        const identity = { kind: 'merge', inputs: [block.block], result: block.block } as const
        const rows = { blocks: [block], snapshots: [snapshot], identities: [identity] }
        await storage.commit(room.commit(rows))
        for (const name of ['blocks', 'snapshots', 'identities'] as const) {
          await assert.rejects(storage.commit({ ...room.commit({ [name]: rows[name] }), expects: 1 }), name)
          assert.equal((await storage.reader.roomByNid(room.room))?.counter, 1)
        }
      }),
  },
  {
    name: 'state that a commit removes is gone, and the rest of the room stays',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const [gone, kept] = [room.block(), room.block()].map(block => ({ block, data: new Uint8Array([1]) }))
        assert.ok(gone !== undefined && kept !== undefined)
        const goneIdentity = { kind: 'merge', inputs: [gone.block], result: gone.block } as const
        const keptIdentity = { kind: 'merge', inputs: [kept.block], result: kept.block } as const
        const identities = [goneIdentity, keptIdentity]
        await storage.commit(room.commit({ blocks: [gone, kept], identities }))
        const removes = { snapshots: [], blocks: [gone.block], identities: [goneIdentity] }
        await storage.commit(room.commit({ removes }))
        const left = await storage.reader.blocks([gone.block, kept.block])
        assert.deepEqual(
          left.map(row => row.block),
          [kept.block],
        )
        assert.equal(await storage.reader.identity(room.room, 'merge', [gone.block]), undefined)
        assert.equal(await storage.reader.identity(room.room, 'merge', [kept.block]), kept.block)
        assert.deepEqual(await storage.reader.identities(room.room), [keptIdentity])
      }),
  },
  {
    name: 'an event that is stored is judged anew in its place, and keeps its JSON',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const outlier = room.write({ outlier: true })
        await storage.commit(room.commit({ events: [outlier] }))
        const row = { ...outlier.row, outlier: false, status: 'rejected', reason: reason(), provisional: true } as const
        await storage.commit(room.commit({ events: [{ row, json: undefined }] }))
        assert.deepEqual(await storage.reader.events([row.event]), [row])
        assert.equal((await storage.reader.eventJson([row.event])).get(row.event), outlier.json)

        const unknown = { row: room.row(), json: undefined }
        await assert.rejects(storage.commit(room.commit({ events: [unknown] })))
      }),
  },
  {
    name: 'positions are given in the order of commits, without gaps, over all rooms',
    run: place =>
      using(place, async storage => {
        const rooms = [await TestRoom.in(storage, '!a:x'), await TestRoom.in(storage, '!b:x')]
        assert.equal(await storage.reader.lastPosition(), 0)
        const results = await Promise.all(
          Array.from({ length: 60 }, (_, at) => {
            const outputs = Array.from({ length: at % 3 }, (_, of) => `${at}.${of}`)
            return storage.commit(rooms[at % 2]!.commit({ outputs }))
          }),
        )
        assert.deepEqual(
          results.flatMap(result => result.positions),
          Array.from({ length: 60 }, (_, at) => at + 1),
        )
        assert.equal(await storage.reader.lastPosition(), 60)
        const rows = await storage.reader.output(0, 100)
        assert.deepEqual(
          rows.map(row => row.position),
          results.flatMap(result => result.positions),
        )
        assert.deepEqual(
          rows.map(row => row.payload),
          results.flatMap((result, at) => result.positions.map((_, of) => `${at}.${of}`)),
        )
      }),
  },
  {
    name: 'no position is given twice or left out across a new start',
    run: async place => {
      const seen: number[] = []
      const room = await using(place, storage => TestRoom.in(storage))
      for (let start = 0; start < 3; start++)
        await using(place, async storage => {
          const { positions } = await storage.commit(room.commit({ outputs: ['a', 'b'] }))
          seen.push(...positions)
        })
      assert.deepEqual(seen, [1, 2, 3, 4, 5, 6])
    },
  },
  {
    name: 'a former owner can commit nothing more once another has taken over',
    run: async place => {
      const room = await using(place, async storage => {
        const room = await TestRoom.in(storage)
        await storage.commit(room.commit({ outputs: ['mine'] }))
        await place.takeOver()
        await assert.rejects(storage.commit(room.commit({ outputs: ['not mine any more'] })), OwnershipLost)
        await assert.rejects(storage.commit(room.commit()), OwnershipLost)
        await assert.rejects(storage.reader.lastPosition(), OwnershipLost)
        return room
      })

      await using(place, async next => {
        assert.deepEqual(await next.reader.output(0, 10), [{ position: 1, room: room.room, payload: 'mine' }])
        assert.equal((await next.reader.roomByNid(room.room))?.counter, 1)
      })
    },
  },
  {
    name: 'a commit is durable and readable when its promise resolves',
    run: async place => {
      const room = await using(place, async storage => {
        const room = await TestRoom.in(storage)
        const write = room.write()
        await storage.commit(room.commit({ events: [write] }))
        assert.deepEqual(await storage.reader.events([write.row.event]), [write.row])
        return room
      })
      await using(place, async storage => {
        assert.equal((await storage.reader.eventsOfRoom(room.room, 0, 10)).length, 1)
      })
    },
  },
]

function reason() {
  return { check: 'auth', rule: 'member/ban', reason: 'banned “é” \u0000', decidedBy: '$decider' }
}
