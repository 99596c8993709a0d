/**
 * Joining the large room of large-room-elsewhere.ts, in a process of its own: whole, without members, or half and then on after a kill.
 */
import { nodeCrypto, type ServerName } from '@neurite/protocol'
import { RoomServer } from '@neurite/roomserver'
import { signerOf } from '@neurite/roomserver/input/testing'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { openSqliteStorage } from '@neurite/roomserver/storage'
import {
  fingerprintOf,
  gone,
  joined,
  joiningUser,
  ResidentFromFiles,
  resident,
  SlowKeys,
} from './large-room-elsewhere.ts'

const here = 'bench.invalid' as ServerName
/** The same in every run, so that the join is the same event. */
const clock = { now: () => 1_780_000_000_000, monotonic: () => nodeRuntime.clock.monotonic() }
/** Milliseconds between two looks at how far it is. */
const lookAgainAfter = 20

export interface Joined {
  /** Milliseconds from the beginning of the join until an event was sent and read back. */
  readonly usable: number
  /** Until the state was whole. */
  readonly complete: number
  readonly cpu: number
  readonly maxRss: number
  /** Of the current state, its members and servers. */
  readonly fingerprint: string
}

export const joinTasks = {
  async joinWhole(path: string): Promise<Joined> {
    return run(path, false)
  },
  async joinPartially(path: string): Promise<Joined> {
    return run(path, true)
  },
  /** Ends, to be killed, when half of the state is stored. */
  async joinHalf(path: string): Promise<{ readonly stored: number }> {
    const { server, roomId } = await open(path, true)
    await server.api.performJoin({ roomIdOrAlias: roomId, userId: joiningUser, via: [resident] })
    for (;;) {
      const row = await server.reader.room(roomId)
      const stored = row?.next.event ?? 0
      if (stored > (joined + gone) / 2) return { stored }
      await nodeRuntime.timers.sleep(lookAgainAfter)
    }
  },
  /** Goes on with what a kill has left. */
  async joinResumed(path: string): Promise<Joined> {
    const before = performance.now()
    const { server, roomId } = await open(path, true)
    return { ...(await end(server, roomId, before)), usable: 0 }
  },
}

async function open(path: string, partialJoins: boolean) {
  const from = new ResidentFromFiles()
  const server = await RoomServer.open({
    ...{ serverName: here, storage: await openSqliteStorage(path), keyRing: new SlowKeys(), crypto: nodeCrypto },
    ...{ remoteServers: from, peers: from.peers, signer: () => signerOf(here, nodeCrypto), partialJoins },
    runtime: { ...nodeRuntime, clock },
    onError: error => {
      throw error
    },
  })
  return { server, roomId: from.roomId }
}

async function run(path: string, partialJoins: boolean): Promise<Joined> {
  const { server, roomId } = await open(path, partialJoins)
  const before = performance.now()
  await server.api.performJoin({ roomIdOrAlias: roomId, userId: joiningUser, via: [resident] })
  const event = { type: 'm.room.message', sender: joiningUser, content: { msgtype: 'm.text', body: 'hello' } }
  const { eventId } = await server.api.performSend({ roomId, event })
  const { events } = await server.api.queryEventsById({ roomId, eventIds: [eventId] })
  if (events[0]?.status !== 'accepted') throw new Error('what was sent cannot be read')
  const usable = performance.now() - before
  return { ...(await end(server, roomId, before)), usable }
}

async function end(server: RoomServer, roomId: string, before: number): Promise<Omit<Joined, 'usable'>> {
  while ((await server.reader.partialJoins(undefined, 1)).length > 0) await nodeRuntime.timers.sleep(lookAgainAfter)
  const complete = performance.now() - before
  const { user, system } = process.cpuUsage()
  const maxRss = process.resourceUsage().maxRSS * 1024
  const { joined: count, invited, servers, partial } = await server.api.queryMemberCounts({ roomId })
  const room = await server.reader.room(roomId)
  const nids = [...(await server.states.view(room?.currentSnapshot ?? 0)).entries()].map(({ event }) => event)
  const ids: string[] = []
  for (let at = 0; at < nids.length; at += 1_000)
    for (const { eventId } of await server.reader.events(nids.slice(at, at + 1_000))) ids.push(eventId)
  if (partial || count !== joined + 1) throw new Error(`${count} members are joined`)
  const fingerprint = fingerprintOf([ids.sort(), count, invited, servers])
  return { complete, cpu: (user + system) / 1000, maxRss, fingerprint }
}
