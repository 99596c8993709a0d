/**
 * The numbers of an event's type and state key. New names get numbers before the commit that uses them.
 */
import type { RoomEvent } from '@neurite/protocol'
import type { Storage } from '../storage/index.ts'
import { type EventTypeNid, emptyStateKeyNid, type StateKeyNid, wellKnownTypes } from '../types/index.ts'

const wellKnown: ReadonlyMap<string, EventTypeNid> = new Map(wellKnownTypes.map(([nid, type]) => [type, nid]))

export class Names {
  readonly #storage: Pick<Storage, 'internEventTypes' | 'internStateKeys'>

  constructor(storage: Pick<Storage, 'internEventTypes' | 'internStateKeys'>) {
    this.#storage = storage
  }

  async of({ type, stateKey }: RoomEvent): Promise<{ type: EventTypeNid; stateKey: StateKeyNid | 0 }> {
    return {
      type: wellKnown.get(type) ?? ((await this.#storage.internEventTypes([type]))[0] as EventTypeNid),
      stateKey: stateKey === undefined ? 0 : await this.#stateKey(stateKey),
    }
  }

  async #stateKey(stateKey: string): Promise<StateKeyNid> {
    if (stateKey === '') return emptyStateKeyNid
    return (await this.#storage.internStateKeys([stateKey]))[0] as StateKeyNid
  }
}
