/**
 * What others feel while a room of 100,000 members is taken away: how long the event loop is held up, and how long a message to another
 * room takes until it is decided and on disk, beside the same without a purge. Afterwards nothing of the room may be left, and names
 * that it shared with others must still be theirs.
 */
import { nodeCrypto } from '@neurite/protocol'
import { examineSqlite } from '@neurite/roomserver/doctor'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { type Benchmark, plainFigure } from '../figure.ts'
import { asyncRounds } from '../measure-async.ts'
import { LoopDelays } from './loop-delays.ts'
import { copyOf, membersDatabase } from './made-databases.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, type BenchServer, giveAll, openServer } from './server.ts'

/** The room that goes, and one that stays: all of its members are in the other as well. */
const members = [100_000, 1_000] as const
/** Messages before the purge begins: what they take otherwise, once everything is compiled. */
const messagesBefore = 500

export const purgeBenchmark: Benchmark = {
  name: 'purge',
  measures: 'what others feel while a room of 100,000 members is purged; checked afterwards',
  takesLong: true,
  async run() {
    const rounds: Round[] = []
    for (let round = 0; round < asyncRounds; round++) rounds.push(await purge())
    const all = (name: keyof Round) => rounds.map(round => round[name])
    return [
      plainFigure('the event loop is held up, longest', 'ms', all('loopCpu'), { must: 50 }),
      plainFigure('  by the clock', 'ms', all('loopWall')),
      plainFigure('a message to another room, longest', 'ms', all('messageDuring'), { must: 50 }),
      plainFigure('  the same before the purge', 'ms', all('messageBefore')),
      plainFigure('the purge, until nothing is left', 'ms', all('whole')),
    ]
  },
}

/** Milliseconds. */
interface Round {
  readonly loopCpu: number
  readonly loopWall: number
  readonly messageDuring: number
  readonly messageBefore: number
  readonly whole: number
}

async function purge(): Promise<Round> {
  const made = await membersDatabase('100000-and-1000', members)
  const path = copyOf(made)
  const [gone, stays] = made.rooms.map(saved => ScriptedRoom.load(saved)) as [ScriptedRoom, ScriptedRoom]
  const { server } = await openServer(path, { crypto: acceptingCrypto })
  let before = 0
  for (let sent = 0; sent < messagesBefore; sent++) {
    const took = await message(server, stays)
    if (sent >= messagesBefore / 2) before = Math.max(before, took)
  }

  const delays = new LoopDelays()
  const start = performance.now()
  let isDone = false
  const purged = server.api.adminPurgeRoom({ roomId: gone.roomId, evacuate: false }).finally(() => {
    isDone = true
  })
  let during = 0
  while (!isDone) during = Math.max(during, await message(server, stays))
  await purged
  const whole = performance.now() - start
  const { max, maxWall } = delays.stop()

  const { state } = await server.api.queryCurrentState({ roomId: stays.roomId, types: ['m.room.member'] })
  if (state.length !== stays.memberCount) throw new Error(`${state.length} of ${stays.memberCount} members are left`)
  const { roomId } = gone
  const isThere = await server.api.queryRoomVersion({ roomId }).then(
    () => true,
    () => false,
  )
  if (isThere) throw new Error(`room ${roomId} is still there`)
  await server.close()
  await check(path)
  return { loopCpu: max, loopWall: maxWall, messageDuring: during, messageBefore: before, whole }
}

/** @returns milliseconds until the message is decided and on disk */
async function message(server: BenchServer['server'], room: ScriptedRoom): Promise<number> {
  const start = performance.now()
  await giveAll(server, [arriving(room, room.message())])
  return performance.now() - start
}

/** @throws where anything is wrong in the database: rows of a room that is gone are */
async function check(path: string): Promise<void> {
  const { yieldNow } = nodeRuntime.timers
  const { findings } = await examineSqlite(path, { crypto: nodeCrypto, yieldNow }, finding => console.error(finding))
  if (findings > 0) throw new Error(`the check found ${findings} faults`)
}
