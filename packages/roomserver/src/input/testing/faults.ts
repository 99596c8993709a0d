/**
 * What can go wrong with another server's answer: it does not come, it comes late, it is not what was asked for. Which
 * one does is drawn once for each question.
 */
import type { SeededRandomness } from '../../runtime/index.ts'

/** Faults that can happen to any answer. */
export const transportFaults = [
  /** No connection. */
  'unreachable',
  /** An error in place of an answer. */
  'refused',
  /** No answer ever. */
  'timeout',
  /** The right answer, after a long time. */
  'late',
  /** The server says that it has nothing. */
  'withheld',
] as const

/** Faults of answers that hold events. */
export const lies = [
  /** Some events are left out. */
  'incomplete',
  /** An event is given in place of another: right in itself, not what was asked for. */
  'wrong-event',
  /** An event of another room is given in place of one. */
  'other-room',
  /** A signature does not fit. */
  'forged-signature',
  /** The content is not what was hashed; the ID and the signature are right. */
  'altered-content',
  /** A text that is no event. */
  'garbage',
  /** Much more than was asked for. */
  'too-many',
  /** Well-signed events that lead from one to the next and never to anything known. */
  'endless',
  /** A state with members missing, others put in, and two events for one key. */
  'contradicting-state',
] as const

export type Fault = (typeof transportFaults)[number] | (typeof lies)[number]

/** How likely each fault is, from 0 to 1; together at most 1. What is not named does not happen. */
export type Faults = Readonly<Partial<Record<Fault, number>>>

export const allFaults: readonly Fault[] = [...transportFaults, ...lies]

/** All faults alike, so that together so large a share of the answers is wrong. */
export function allFaultsAlike(share: number): Faults {
  return Object.fromEntries(allFaults.map(fault => [fault, share / allFaults.length]))
}

/** The fault of one answer, or none. Draws one number, whatever comes out. */
export function drawFault(faults: Faults, random: SeededRandomness): Fault | undefined {
  let left = random.fraction()
  for (const fault of allFaults) {
    left -= faults[fault] ?? 0
    if (left < 0) return fault
  }
  return undefined
}
