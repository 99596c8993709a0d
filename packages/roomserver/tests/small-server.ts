/**
 * A room server on a disk in memory that no other server answers: for tests that give it events one by one and look at what it makes
 * of them.
 */
import assert from 'node:assert/strict'
import type { ServerName } from '@neurite/protocol'
import { type InputItem, type InputResult, RoomServer, type RoomServerParts, type StoredOutput } from '../src/index.ts'
import { inlineCrypto, type MadeEvent, type RoomTeller, type Told } from '../src/input/testing/index.ts'
import { readOutput } from '../src/output/index.ts'
import { nodeRuntime } from '../src/runtime/index.ts'
import { type EventRow, MemoryDisk, openMemoryStorage, type RedactionRow } from '../src/storage/index.ts'
import { assertSound } from './sound.ts'

const nothing = () => Promise.resolve(undefined)
const none = () => Promise.resolve([])

export class SmallServer {
  readonly server: RoomServer
  readonly #teller: RoomTeller

  private constructor(server: RoomServer, teller: RoomTeller) {
    this.server = server
    this.#teller = teller
  }

  static async open(
    teller: RoomTeller,
    disk = new MemoryDisk(),
    parts: Partial<RoomServerParts> = {},
  ): Promise<SmallServer> {
    const { keys } = teller
    const server = await RoomServer.open({
      storage: await openMemoryStorage({ disk }),
      runtime: nodeRuntime,
      crypto: inlineCrypto,
      serverName: 'small.invalid' as ServerName,
      keyRing: { keysFor: () => Promise.resolve({ keys, mayTurnUp: () => false }), known: keys },
      remoteServers: { event: nothing, missingEvents: none, eventAuth: none, stateIds: nothing, state: nothing },
      onError: error => {
        throw error
      },
      ...parts,
    })
    return new SmallServer(server, teller)
  }

  /** Gives events one after the other, each with all that follows from it. @returns the last result */
  async take(...told: readonly (Told | InputItem)[]): Promise<InputResult['kind'] | undefined> {
    let last: InputResult | undefined
    for (const one of told) {
      const item = 'event' in one ? this.#teller.item(one) : one
      last = (await this.server.receive([item]))[0]
      await this.server.whenIdle()
    }
    return last?.kind
  }

  /** An event whose prev events are not here, with the state before it by someone's word. */
  withState(told: Told, state: readonly MadeEvent[]): InputItem {
    return { ...this.#teller.item(told), stateEventIds: state.map(({ event }) => event.eventId) }
  }

  async row({ event }: MadeEvent): Promise<EventRow> {
    const { reader } = this.server
    const room = await this.#room()
    const nid = (await reader.eventNids(room.room, [event.eventId])).get(event.eventId)
    assert.ok(nid !== undefined, `${event.type} is not stored`)
    return (await reader.events([nid]))[0] as EventRow
  }

  /** The redactions that an event makes or suffers. */
  async redactions({ event }: MadeEvent): Promise<RedactionRow[]> {
    return this.server.reader.redactions((await this.#room()).room, [event.eventId])
  }

  /** Outputs of some kinds, with event IDs' local names left to the caller: as they are stored. */
  async outputs<Kind extends StoredOutput['kind']>(...kinds: readonly Kind[]) {
    const rows = await this.server.reader.output(0, 1_000)
    const outputs = rows.map(row => readOutput(row.payload))
    return outputs.filter((output): output is Extract<StoredOutput, { kind: Kind }> =>
      (kinds as readonly string[]).includes(output.kind),
    )
  }

  /** `check` finds nothing. */
  async assertSound(): Promise<void> {
    await assertSound(this.server.reader)
  }

  async #room() {
    const room = await this.server.reader.room(this.#teller.roomId)
    assert.ok(room !== undefined, 'the room is not stored')
    return room
  }
}
