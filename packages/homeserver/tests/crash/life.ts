/**
 * What a server that is going to be killed does: rooms side by side, each step by step. A step is acknowledged once its events are
 * decided or in the durable queue; whoever goes on after a death gives only the steps that were not.
 */
import { nodeCrypto, type ServerName, type VerifyKeys } from '@neurite/protocol'
import { type InputItem, RoomServer } from '@neurite/roomserver'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { Storage } from '@neurite/roomserver/storage'

export interface Step {
  /** `receive` is acknowledged when all is decided and on disk, `enqueue` when all is in the durable queue. */
  readonly kind: 'receive' | 'enqueue'
  readonly items: readonly InputItem[]
}

export interface Life {
  readonly keys: VerifyKeys
  /** The steps of each room. */
  readonly rooms: readonly (readonly Step[])[]
}

/** By room: how many of its steps were acknowledged. */
export type Progress = readonly number[]

export interface LifeOptions {
  /** From where to go on; from the start unless told. */
  readonly from?: Progress
  readonly acknowledged?: (room: number, step: number) => void
  /** Called between two steps. */
  readonly rest?: () => Promise<void>
  readonly errors?: (error: unknown) => void
}

/** How long the durable queue may take to be worked off. Milliseconds. */
const patience = 30_000

export function openServer(life: Life, storage: Storage, errors: (error: unknown) => void): Promise<RoomServer> {
  const { keys } = life
  const answers = { keys, mayTurnUp: () => false }
  const nothing = () => Promise.resolve(undefined)
  const none = () => Promise.resolve([])
  return RoomServer.open({
    ...{ storage, runtime: nodeRuntime, crypto: nodeCrypto, onError: errors },
    serverName: 'crash.invalid' as ServerName,
    keyRing: { keysFor: () => Promise.resolve(answers), known: keys },
    // All that an event needs is given before it: whoever asks has lost something.
    remoteServers: { event: nothing, missingEvents: none, eventAuth: none, stateIds: nothing, state: nothing },
  })
}

/** An event misses another that is not stored: one that was given before, for there are no others. */
export class EventWaits extends Error {}

/** Lives to the end. @throws {EventWaits} where an event misses what was acknowledged before */
export async function live(server: RoomServer, { rooms }: Life, options: LifeOptions = {}): Promise<void> {
  await whenQueueEmpty(server)
  await Promise.all(rooms.map((steps, room) => liveInRoom(server, steps, room, options)))
  await whenQueueEmpty(server)
  await server.whenIdle()
}

async function liveInRoom(
  server: RoomServer,
  steps: readonly Step[],
  room: number,
  options: LifeOptions,
): Promise<void> {
  for (let at = options.from?.[room] ?? 0; at < steps.length; at++) {
    const { kind, items } = steps[at] as Step
    if (kind === 'enqueue') await server.enqueue(items)
    else
      for (const result of await server.receive(items))
        if (result.kind === 'waiting') throw new EventWaits(`${result.eventId} waits: ${result.reason.reason}`)
    options.acknowledged?.(room, at)
    await options.rest?.()
  }
}

/** What was queued before goes first, as it would in a server whose peers go on sending. */
async function whenQueueEmpty({ reader }: RoomServer): Promise<void> {
  const { clock, timers } = nodeRuntime
  const end = clock.monotonic() + patience
  for (;;) {
    const [roomId] = await reader.queuedRooms('', 1)
    if (roomId === undefined) return
    if (clock.monotonic() > end) {
      const rows = await reader.queue(roomId, 0, 3)
      throw new Error(`the queue of ${roomId} is not worked off: ${JSON.stringify(rows)}`)
    }
    await timers.sleep(2)
  }
}
