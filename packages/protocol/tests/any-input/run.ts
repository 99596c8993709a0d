/**
 * Puts any input to the reader and to every rule, and asks the second opinion what it thinks.
 */
import assert from 'node:assert/strict'
import { authorizeByState, nodeCrypto, PduError, type RoomEvent, type RoomVersionRules } from '@neurite/protocol'
import fc from 'fast-check'
import { plainEventOf } from '../plain-view.ts'
import * as plain from '../second-opinion/index.ts'
import { canonical, verifyEd25519 } from '../second-opinion/plain-room.ts'
import { exercise, read, stateOf, statesWith } from './exercise.ts'
import { anyInput } from './inputs.ts'
import { type SignedRoom, signedRoom } from './signed-pdus.ts'

/** The same inputs each time, others for each version; fast-check adds to a failure which one it was. */
const seed = 20_260_701

/** @returns how many of the inputs were events */
export function checkAnyInput(rules: RoomVersionRules, runs: number): number {
  const room = signedRoom(rules)
  let events = 0
  const property = fc.property(anyInput(room), input => {
    const event = read(input, rules)
    if (event instanceof PduError) return
    events++
    exercise(event, room)
    sameVerdicts(event, room)
  })
  fc.assert(property, { numRuns: runs, seed: seed + Number(rules.version) })
  return events
}

/** The second opinion allows and denies the same. */
function sameVerdicts(event: RoomEvent, room: SignedRoom): void {
  const { version } = room.rules
  for (const state of statesWith(event, room)) {
    const events = state.filter(({ stateKey }) => stateKey !== undefined)
    const byKey = new Map(events.map(entry => [`${entry.type}\t${entry.stateKey}`, plainEventOf(entry)]))
    const known = [...room.events, event]
    const context: plain.PlainContext = {
      event: id => known.filter(({ eventId }) => eventId === id).map(plainEventOf)[0],
      isRejected: () => false,
      verify: verifyEd25519,
      canonical,
    }
    for (const judged of known) {
      const fast = authorizeByState(judged, stateOf(events), nodeCrypto)
      const second = plain.authorizeByState(version, plainEventOf(judged), byKey, context)
      const says = fast.allowed ? fast.rule : `${fast.rule}: ${fast.reason}`
      assert.equal(fast.allowed, second.allowed, `fast says ${says}, plain ${JSON.stringify(second)}`)
    }
  }
}
