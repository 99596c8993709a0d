/**
 * A replay in which events are held back at random, so that the pipeline has to fetch them from other servers, some of whose answers
 * are late, wrong or missing. In the end all events are given, as other servers would: whatever came before must not matter.
 */
import { type EventId, nodeCrypto, type ServerName, type VerifyKeys } from '@neurite/protocol'
import { allFaultsAlike, type InMemoryServer, InMemoryServers, RoomWorld } from '@neurite/roomserver/input/testing'
import { hastenedRuntime, nodeRuntime, type Runtime, SeededRandomness } from '@neurite/roomserver/runtime'
import type { Storage } from '@neurite/roomserver/storage'
import { MemoryRoom } from './memory-room.ts'
import { PipelineRoom } from './pipeline-room.ts'
import type { RoomFile } from './room-file.ts'
import { protocolJudge } from './room-judge.ts'
import type { ArrivingEvent, Outcome, RoomUnderTest, StateUnderTest } from './room-under-test.ts'

/** How many of the events are held back when their turn comes. */
const heldBackShare = 0.5
/** How many of the other servers' answers are late, wrong or missing. */
const faultyShare = 1 / 3
/** Time goes this much faster, so that late answers of many seconds do not make the replay as long. */
const haste = 2_000
/** How often what waits is given again at the end. Each time some of what it misses has come. */
const maxRounds = 50

export class HeldBackRoom implements RoomUnderTest {
  readonly #room: PipelineRoom
  readonly #random: SeededRandomness

  private constructor(room: PipelineRoom, random: SeededRandomness) {
    this.#room = room
    this.#random = random
  }

  static async open(file: RoomFile, keys: VerifyKeys, storage: Storage, seed: number): Promise<HeldBackRoom> {
    const random = new SeededRandomness(seed)
    const runtime = hastenedRuntime(nodeRuntime, haste)
    const world = await worldOf(file, keys)
    const remote = new InMemoryServers({ worlds: [world], servers: serversOf(file), runtime, random: random.fork() })
    return new HeldBackRoom(await PipelineRoom.open(file, keys, storage, remote, runtime as Runtime), random)
  }

  async receive(events: readonly ArrivingEvent[]): Promise<Outcome[]> {
    const outcomes = new Map<ArrivingEvent, Outcome>()
    for (const [index, event] of events.entries()) {
      if (index > 0 && this.#random.chance(heldBackShare)) continue
      outcomes.set(event, await this.#room.give(event))
    }
    for (let round = 0; round < maxRounds; round++) {
      const left = events.filter(event => (outcomes.get(event)?.verdict ?? 'waiting') === 'waiting')
      if (left.length === 0) break
      for (const event of left) outcomes.set(event, await this.#room.give(event))
    }
    await this.#room.whenCorrected()
    return Promise.all(events.map(event => this.#room.verdictNow(event, outcomes.get(event) as Outcome)))
  }

  stateBefore(eventId: string): Promise<StateUnderTest | undefined> {
    return this.#room.stateBefore(eventId)
  }
  currentState(): Promise<StateUnderTest> {
    return this.#room.currentState()
  }
  forwardExtremities(): Promise<string[]> {
    return this.#room.forwardExtremities()
  }
  close(): Promise<void> {
    return this.#room.close()
  }
}

/** The room as the other servers have it, with the states that they would give: worked out in memory. */
async function worldOf(file: RoomFile, keys: VerifyKeys): Promise<RoomWorld> {
  const room = new MemoryRoom(file.rules, keys, protocolJudge(nodeCrypto), nodeCrypto)
  const outcomes = await room.receive(file.events)
  const world = new RoomWorld(file.rules, nodeCrypto, (eventId: EventId) => room.stateIdsBefore(eventId))
  file.events.forEach(({ pdu }, index) => {
    if (outcomes[index]?.verdict !== 'dropped') world.add(pdu)
  })
  return world
}

function serversOf(file: RoomFile): Map<ServerName, InMemoryServer> {
  const servers = new Map<ServerName, InMemoryServer>()
  for (const { from } of file.events) servers.set(from as ServerName, { faults: allFaultsAlike(faultyShare) })
  return servers
}
