/**
 * The input queue and the output log.
 */
import assert from 'node:assert/strict'
import type { QueueRow } from '../index.ts'
import { type StorageTest, using } from './place.ts'
import { TestRoom } from './rooms.ts'

const items = (row: readonly QueueRow[]) => row.map(({ item }) => item)

export const logTests: readonly StorageTest[] = [
  {
    name: 'the queue keeps the order of each room, in pages',
    run: place =>
      using(place, async storage => {
        const rows = await Promise.all(
          [0, 1, 2, 3].map(at =>
            storage.enqueue([
              { roomId: '!a:x', item: `a${at}` },
              { roomId: at % 2 === 0 ? '!b:x' : '!a:x', item: `b${at} “é” \u0000` },
            ]),
          ),
        )
        assert.equal(new Set(rows.flat()).size, 8)
        const a = await storage.reader.queue('!a:x', 0, 100)
        assert.deepEqual(items(a), ['a0', 'a1', 'b1 “é” \u0000', 'a2', 'a3', 'b3 “é” \u0000'])
        assert.deepEqual(items(await storage.reader.queue('!a:x', a[1]!.row, 2)), ['b1 “é” \u0000', 'a2'])
        assert.deepEqual(a[0], {
          row: rows[0]![0],
          roomId: '!a:x',
          item: 'a0',
          notBefore: 0,
          attempts: 0,
          waitsFor: '',
        })
        assert.deepEqual(items(await storage.reader.queue('!c:x', 0, 100)), [])
        const lengths = [
          ['!a:x', 100],
          ['!a:x', 4],
          ['!b:x', 100],
          ['!c:x', 100],
        ] as const
        const counted = await Promise.all(lengths.map(([roomId, upTo]) => storage.reader.queueLength(roomId, upTo)))
        assert.deepEqual(counted, [6, 4, 2, 0])
      }),
  },
  {
    name: 'a queue row ends with the commit that finishes it, or when it is taken away',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        const rows = await storage.enqueue(['1', '2', '3'].map(item => ({ roomId: room.roomId, item })))
        await storage.commit(room.commit({ finishes: [rows[0]!] }))
        assert.deepEqual(items(await storage.reader.queue(room.roomId, 0, 10)), ['2', '3'])
        await storage.dequeue([rows[2]!])
        assert.deepEqual(items(await storage.reader.queue(room.roomId, 0, 10)), ['2'])

        const refused = { ...room.commit({ finishes: [rows[1]!] }), expects: 9 }
        await assert.rejects(storage.commit(refused))
        assert.deepEqual(items(await storage.reader.queue(room.roomId, 0, 10)), ['2'])
      }),
  },
  {
    name: 'a queue row that waits says for what and until when, also after a new start',
    run: async place => {
      const waits = { notBefore: 1_700_000_000_123, attempts: 3, waitsFor: '["$missing"]' }
      const row = await using(place, async storage => {
        const [row] = await storage.enqueue([{ roomId: '!a:x', item: 'item' }])
        await storage.retryLater([{ row: row!, notBefore: 5, attempts: 1, waitsFor: 'x' }])
        await storage.retryLater([{ row: row!, ...waits }])
        return row!
      })
      await using(place, async storage => {
        assert.deepEqual(await storage.reader.queue('!a:x', 0, 10), [{ row, roomId: '!a:x', item: 'item', ...waits }])
      })
    },
  },
  {
    name: 'rooms with queue rows are listed once each, in order, in pages',
    run: place =>
      using(place, async storage => {
        const rooms = ['!b:x', '!a:x', '!b:x', '!é:x', '!c:x', '!a:x']
        const rows = await storage.enqueue(rooms.map(roomId => ({ roomId, item: 'x' })))
        assert.deepEqual(await storage.reader.queuedRooms('', 2), ['!a:x', '!b:x'])
        assert.deepEqual(await storage.reader.queuedRooms('!b:x', 10), ['!c:x', '!é:x'])
        await storage.dequeue([rows[0]!, rows[2]!])
        assert.deepEqual(await storage.reader.queuedRooms('', 10), ['!a:x', '!c:x', '!é:x'])
      }),
  },
  {
    name: 'no number of a queue row is used twice, not even after all rows are gone and a new start',
    run: async place => {
      const seen = new Set<number>()
      for (let start = 0; start < 3; start++)
        await using(place, async storage => {
          const rows = await storage.enqueue([1, 2, 3].map(at => ({ roomId: '!a:x', item: `${at}` })))
          for (const row of rows) seen.add(row)
          await storage.dequeue(rows)
        })
      assert.equal(seen.size, 9)
    },
  },
  {
    name: 'outputs can be read from any position',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        for (let at = 1; at <= 9; at++) await storage.commit(room.commit({ outputs: [`${at} “é”`] }))
        for (let after = 0; after <= 10; after++) {
          const rows = await storage.reader.output(after, 3)
          const expected = Array.from({ length: Math.max(0, Math.min(3, 9 - after)) }, (_, at) => after + at + 1)
          assert.deepEqual(
            rows,
            expected.map(position => ({ position, room: room.room, payload: `${position} “é”` })),
          )
        }
      }),
  },
  {
    name: 'reads go on while much is written, and never see half a commit',
    run: place =>
      using(place, async storage => {
        const room = await TestRoom.in(storage)
        await storage.commit(room.commit())
        let writing = true
        const commits = Array.from({ length: 200 }, () => {
          const writes = [room.write(), room.write()]
          return room.commit({ events: writes, forwardExtremities: [writes[1]!.row.event], outputs: ['x'] })
        })
        const written = Promise.all(commits.map(commit => storage.commit(commit))).finally(() => {
          writing = false
        })
        let reads = 0
        do {
          const row = (await storage.reader.roomByNid(room.room))!
          const [last] = row.forwardExtremities
          if (last !== undefined) assert.equal((await storage.reader.events([last])).length, 1)
          const events = await storage.reader.eventsOfRoom(room.room, 0, 1_000)
          assert.equal(events.length % 2, 0)
          reads++
          await turn()
        } while (writing)
        await written
        assert.ok(reads > 0)
        assert.equal((await storage.reader.eventsOfRoom(room.room, 0, 1_000)).length, 400)
      }),
  },
]

/** Lets other things happen that wait for a message. */
function turn(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = () => {
      port1.close()
      resolve()
    }
    port1.postMessage(undefined)
  })
}
