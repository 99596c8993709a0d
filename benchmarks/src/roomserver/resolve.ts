/**
 * State resolution on stored rooms: what a fork costs in a large room, and a merge with all that it stores.
 */
import { nodeCrypto, readPdu, rulesOf } from '@neurite/protocol'
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import type { Times } from '../measure.ts'
import { asyncRounds, measureAsync } from '../measure-async.ts'
import { copyOf, membersDatabase } from './made-databases.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, giveAll, openServer } from './server.ts'
import { StoredRoom } from './stored-room.ts'

const rules = rulesOf('10')

export const resolveBenchmark: Benchmark = {
  name: 'resolve',
  measures: 'state resolution: a fork at 100,000 members, and a merge of 8 branches with all that it stores',
  async run() {
    return [...(await largeFork()), ...(await storedMerges())]
  },
}

/** Resolves two branches of five events each. Each branch goes on by one more, so that nobody resolved these two before. */
async function largeFork(): Promise<Figure[]> {
  const made = await membersDatabase('one-of-100000', [100_000])
  const path = copyOf(made)
  const scripted = ScriptedRoom.load(made.rooms[0]!)
  const { roomId } = scripted
  const branches = scripted.branches(2, 6)
  const { server } = await openServer(path, { crypto: acceptingCrypto })
  await giveAll(
    server,
    branches.flat().map(pdu => arriving(scripted, pdu)),
  )
  await server.close()
  const ends = branches.map(branch => eventIdOf(branch[4]!))

  let cold: StoredRoom | undefined
  const warm = await StoredRoom.open(path, roomId).then(async room => {
    // One process holds a database at a time: the warm one is measured first, then it makes room.
    const snapshots = await room.snapshotsAfter(ends)
    const calls = 20
    const times = await measureAsync(
      [
        {
          name: 'warm',
          operations: calls,
          run: async () => {
            for (let i = 0; i < calls; i++) await resolve(room, snapshots)
          },
        },
      ],
      { warmUpRounds: 5 },
    )
    await room.close()
    return times[0] as Times
  })
  const [coldTimes] = await measureAsync([
    {
      name: 'cold',
      operations: 1,
      prepare: async () => {
        await cold?.close()
        cold = await StoredRoom.open(path, roomId)
      },
      run: async () => {
        const room = cold as StoredRoom
        await resolve(room, await room.snapshotsAfter(ends))
      },
    },
  ])
  await cold?.close()
  return [
    timeFigure('2 branches, 10 conflicts, 100,000 members: warm', 'ms', warm, { must: 5, aim: 1 }),
    timeFigure('the same with empty caches', 'ms', coldTimes as Times, { must: 200, aim: 50 }),
  ]
}

async function resolve(room: StoredRoom, snapshots: Awaited<ReturnType<StoredRoom['snapshotsAfter']>>): Promise<void> {
  const result = await room.states.resolve(room.builder(), room.room, snapshots)
  if (snapshots.includes(result)) throw new Error('the branches do not conflict')
}

const merges = 50
const turns = asyncRounds + 2

/** Merges of eight branches of two events each. Each branch goes on by one more, so that nobody resolved these before. */
async function storedMerges(): Promise<Figure[]> {
  const { server, path } = await openServer(undefined, { crypto: acceptingCrypto })
  const scripted = new ScriptedRoom('merges', rules, { sign: 'unsigned' })
  const pdus = scripted.open()
  while (scripted.memberCount < 1_000) pdus.push(scripted.join())
  const rounds: string[][] = []
  for (let round = 0; round < merges * turns; round++) {
    const branches = scripted.branches(8, 3)
    rounds.push(branches.map(branch => eventIdOf(branch[1]!)))
    pdus.push(...branches.flat(), scripted.message())
  }
  await giveAll(
    server,
    pdus.map(pdu => arriving(scripted, pdu)),
    500,
  )
  await server.close()

  const room = await StoredRoom.open(path, scripted.roomId)
  const inputs: Awaited<ReturnType<StoredRoom['snapshotsAfter']>>[] = []
  for (const eventIds of rounds) inputs.push(await room.snapshotsAfter(eventIds))
  const times = await measureAsync(
    [
      {
        name: 'merge',
        operations: merges,
        // As in a server that has just taken the branches in: what they are made of is at hand.
        prepare: async () => {
          for (const snapshots of inputs.slice(0, merges))
            await room.states.resolve(room.builder(), room.room, snapshots)
        },
        run: async () => {
          const stored: Promise<unknown>[] = []
          for (const snapshots of inputs.splice(0, merges)) {
            const builder = room.builder()
            await room.states.resolve(builder, room.room, snapshots)
            stored.push(room.commit(builder))
          }
          await Promise.all(stored)
        },
      },
    ],
    { warmUpRounds: turns - asyncRounds },
  )
  await room.close()
  const name = '8 branches, 16 conflicts, 1,000 members, stored'
  return [timeFigure(name, 'ms', times[0] as Times, { must: 1.5, aim: 0.7 })]
}

function eventIdOf(pdu: string): string {
  return readPdu(pdu, rules, nodeCrypto).event.eventId
}
