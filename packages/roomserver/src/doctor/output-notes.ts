/**
 * What the output log says of each event, a byte an event, gathered in one pass over the log: so that rooms can be compared with
 * it without a search in the log for each.
 */

import type { StoredOutput } from '../output/index.ts'
import { type EventNid, localOf, type RoomNid, roomOf } from '../types/index.ts'

const onceNew = 1
const moreNew = 2
const onceOld = 4
const moreOld = 8
const accepted = 16
const corrected = 32

export interface EventOutputs {
  /** How often it was given out as new: 2 stands for more. */
  readonly asNew: 0 | 1 | 2
  readonly asOld: 0 | 1 | 2
  /** Whether its verdict or state was corrected, and whether to accepted. */
  readonly corrected: boolean
  readonly correctedToAccepted: boolean
}

export class OutputNotes {
  readonly #rooms = new Map<RoomNid, Uint8Array<ArrayBuffer>>()
  /** With which event this server came into a room last, by its local number. */
  readonly #entries = new Map<RoomNid, number>()

  /** @param nextEvent the room's next event number: as many bytes are taken */
  note(output: StoredOutput, nextEvent: number): void {
    if (output.kind === 'new') {
      this.#raise(output.event, nextEvent, onceNew, moreNew)
      if (output.rewritesState === true) this.#entries.set(roomOf(output.event), localOf(output.event))
    } else if (output.kind === 'old') this.#raise(output.event, nextEvent, onceOld, moreOld)
    else if (output.kind === 'state-corrected')
      this.#set(output.event, nextEvent, corrected | (output.status === 'accepted' ? accepted : 0))
  }

  of(event: EventNid): EventOutputs {
    const bits = this.#rooms.get(roomOf(event))?.[localOf(event)] ?? 0
    return {
      asNew: bits & moreNew ? 2 : bits & onceNew ? 1 : 0,
      asOld: bits & moreOld ? 2 : bits & onceOld ? 1 : 0,
      corrected: (bits & corrected) !== 0,
      correctedToAccepted: (bits & accepted) !== 0,
    }
  }

  /** It came as history and was never shown as new. */
  isOld(event: EventNid): boolean {
    const { asNew, asOld } = this.of(event)
    return asOld > 0 && asNew === 0
  }

  /** This server was in the room before, and has come back since: the event need be no extremity. */
  isOfEarlierStay(event: EventNid): boolean {
    return localOf(event) < (this.#entries.get(roomOf(event)) ?? 0)
  }

  #raise(event: EventNid, nextEvent: number, once: number, more: number): void {
    const before = this.#rooms.get(roomOf(event))?.[localOf(event)] ?? 0
    this.#set(event, nextEvent, before & once ? more : once)
  }

  #set(event: EventNid, nextEvent: number, bits: number): void {
    const room = roomOf(event)
    let notes = this.#rooms.get(room)
    if (notes === undefined) {
      notes = new Uint8Array(nextEvent)
      this.#rooms.set(room, notes)
    }
    const local = localOf(event)
    // Numbers that the room never gave are another check's finding.
    if (local < notes.length) notes[local] = (notes[local] as number) | bits
  }
}
