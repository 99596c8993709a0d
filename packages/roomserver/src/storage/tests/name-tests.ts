/**
 * Names and numbers: a name has one NID for ever, and no number is given out twice.
 */
import assert from 'node:assert/strict'
import { emptyStateKeyNid, firstFreeNameNid, memberTypeNid } from '../../types/index.ts'
import { type StorageTest, using } from './place.ts'
import { TestRoom } from './rooms.ts'

export const nameTests: readonly StorageTest[] = [
  {
    name: 'well-known names have their well-known NIDs, all others are numbered from 65536 up',
    run: place =>
      using(place, async storage => {
        assert.deepEqual(await storage.internEventTypes(['m.room.member']), [memberTypeNid])
        assert.deepEqual(await storage.internStateKeys(['']), [emptyStateKeyNid])
        const [type] = await storage.internEventTypes(['m.room.message'])
        const [key] = await storage.internStateKeys(['@ann:x'])
        assert.ok(type! >= firstFreeNameNid && key! >= firstFreeNameNid)
        assert.deepEqual(await storage.reader.eventTypes([memberTypeNid]), new Map([[memberTypeNid, 'm.room.member']]))
        assert.deepEqual(await storage.reader.stateKeyNids(['', '@nobody:x']), new Map([['', emptyStateKeyNid]]))
      }),
  },
  {
    name: 'a name keeps its NID: asked for twice at once, again, and after a new start',
    run: async place => {
      const names = ['@ann:x', '@bob:x', '@ann:x', 'x\u0000', 'x', 'é', 'e\u0301', 'É', '\ud800', '\udc00', '\ufffd']
      const nids = await using(place, async storage => {
        const [first, second] = await Promise.all([storage.internStateKeys(names), storage.internStateKeys(names)])
        assert.deepEqual(first, second)
        const room = await TestRoom.in(storage)
        await storage.commit(room.commit())
        assert.deepEqual(await storage.internStateKeys(names), first)
        return first
      })
      assert.equal(new Set(nids).size, names.length - 1)
      await using(place, async storage => {
        assert.deepEqual(await storage.reader.stateKeys(nids), new Map(nids.map((nid, at) => [nid, names[at]!])))
        assert.deepEqual(await storage.internStateKeys(names), nids)
      })
    },
  },
  {
    name: 'a name that was interned is stored with the next commit',
    run: async place => {
      const [type, key] = await using(place, async storage => {
        const [type] = await storage.internEventTypes(['org.example.one'])
        const [key] = await storage.internStateKeys(['one'])
        const room = await TestRoom.in(storage)
        await storage.commit(room.commit({ events: [room.write({ type: type!, stateKey: key! })] }))
        return [type!, key!]
      })
      await using(place, async storage => {
        assert.deepEqual(await storage.reader.eventTypes([type]), new Map([[type, 'org.example.one']]))
        assert.deepEqual(await storage.reader.stateKeyNids(['one']), new Map([['one', key]]))
      })
    },
  },
  {
    name: 'names of a commit that was refused are stored with the next',
    run: async place => {
      const nid = await using(place, async storage => {
        const room = await TestRoom.in(storage)
        const [nid] = await storage.internStateKeys(['kept'])
        await assert.rejects(storage.commit({ ...room.commit(), expects: 7 }))
        const write = room.write()
        await assert.rejects(storage.commit({ ...room.commit({ events: [write, write] }), expects: 0 }))
        await storage.enqueue([{ roomId: '!a:x', item: 'x' }])
        return nid!
      })
      await using(place, async storage => {
        assert.deepEqual(await storage.internStateKeys(['kept']), [nid])
      })
    },
  },
  {
    name: 'many names at once get a NID each',
    run: place =>
      using(place, async storage => {
        const names = Array.from({ length: 5_000 }, (_, at) => `@user${at}:x`)
        const nids = await Promise.all(names.map(name => storage.internStateKeys([name])))
        assert.equal(new Set(nids.flat()).size, names.length)
        assert.deepEqual(await storage.internStateKeys(names), nids.flat())
      }),
  },
  {
    name: 'no number of a room or a name is given out twice, however often storage is opened',
    run: async place => {
      const rooms = new Set<number>()
      const names = new Set<number>()
      for (let start = 0; start < 3; start++)
        await using(place, async storage => {
          for (let at = 0; at < 100; at++) rooms.add(await storage.allotRoom())
          for (const nid of await storage.internEventTypes(Array.from({ length: 100 }, (_, at) => `t${start}.${at}`)))
            names.add(nid)
        })
      assert.equal(rooms.size, 300)
      assert.equal(names.size, 300)
      assert.ok(![...rooms, ...names].includes(0))
    },
  },
]
