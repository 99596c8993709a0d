/**
 * Where the rooms of a replay live: in a database of their own for each replay, in one that was named, or in memory.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeCrypto, type VerifyKeys } from '@neurite/protocol'
import type { RemoteServers } from '@neurite/roomserver'
import { openMemoryStorage, openSqliteStorage, type Storage } from '@neurite/roomserver/storage'
import { ContractRoom } from './contract-room.ts'
import { HeldBackRoom } from './held-back-room.ts'
import { MemoryRoom } from './memory-room.ts'
import { PipelineRoom } from './pipeline-room.ts'
import type { RoomMaker } from './replay.ts'
import type { RoomFile } from './room-file.ts'
import { protocolJudge, type RoomJudge } from './room-judge.ts'
import type { RoomUnderTest } from './room-under-test.ts'

/** A room in memory without pipeline or storage, judged by the library's rules unless told. */
export function memoryRoomMaker(judge: RoomJudge = protocolJudge(nodeCrypto)): RoomMaker {
  return (room, keys) => Promise.resolve(new MemoryRoom(room.rules, keys, judge, nodeCrypto))
}

/** Where the pipeline stores its rooms. */
export interface PipelineChoice {
  readonly storage: 'sqlite' | 'memory'
  /** The database; undefined: a new one for each replay, which goes with it. */
  readonly database: string | undefined
  /** Hold events back at random, by this seed, so that they have to be fetched; undefined: none. */
  readonly holdBack: number | undefined
  /** How the room server is reached: by calls, or by its contract over HTTP. */
  readonly via?: 'process' | 'inthttp'
}

/** A room that goes through the whole pipeline into a database. */
export function pipelineRoomMaker({ storage, database, holdBack, via }: PipelineChoice): RoomMaker {
  const open = (room: RoomFile, keys: VerifyKeys, opened: Storage): Promise<RoomUnderTest> => {
    if (via === 'inthttp') return ContractRoom.open(room, keys, opened, noServers)
    return holdBack === undefined
      ? PipelineRoom.open(room, keys, opened, noServers)
      : HeldBackRoom.open(room, keys, opened, holdBack)
  }
  return async (room, keys) => {
    if (storage === 'memory') return open(room, keys, await openMemoryStorage())
    if (database !== undefined) return open(room, keys, await openSqliteStorage(database))
    const folder = await mkdtemp(join(tmpdir(), 'neurite-replay-'))
    const made = await open(room, keys, await openSqliteStorage(join(folder, 'replay.db')))
    return closingWith(made, () => rm(folder, { recursive: true }))
  }
}

/** A room whose closing takes something else along. */
function closingWith(room: RoomUnderTest, also: () => Promise<void>): RoomUnderTest {
  return {
    receive: events => room.receive(events),
    stateBefore: eventId => room.stateBefore(eventId),
    currentState: () => room.currentState(),
    forwardExtremities: () => room.forwardExtremities(),
    close: async () => {
      await room.close()
      await also()
    },
  }
}

/** No other server can be reached: a file holds all that is needed. */
const nothing = () => Promise.resolve(undefined)
const noEvents = () => Promise.resolve([])
const noServers: RemoteServers = {
  event: nothing,
  missingEvents: noEvents,
  eventAuth: noEvents,
  stateIds: nothing,
  state: nothing,
}
