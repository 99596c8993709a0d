/**
 * Turns that are taken again because their room moved on under them, or because what they worked on top of never came to be.
 */
import { RoomMovedOn } from '../storage/index.ts'

/** How often a turn is taken again. Each time someone else made progress. */
export const maxTurns = 10

/** A commit of the room failed while a turn worked on top of it. Nothing of the turn was written; it is to be taken again. */
export class TurnLost extends Error {
  constructor(roomId: string, cause: unknown) {
    super(`a commit of room ${roomId} failed under work that built on it`, { cause })
    this.name = 'TurnLost'
  }
}

/** Whether a turn that failed is to be taken again. */
export function isToBeTakenAgain(error: unknown): boolean {
  return error instanceof RoomMovedOn || error instanceof TurnLost
}

/**
 * Takes turns until one stands.
 * @param turn resolves once the disk has what was decided in it
 * @param what it is about, for the error where the room moves on each time
 */
export async function untilItStands<T>(roomId: string, what: string, turn: () => Promise<T>): Promise<T> {
  for (let turns = 0; turns < maxTurns; turns++)
    try {
      return await turn()
    } catch (error) {
      if (!isToBeTakenAgain(error)) throw error
    }
  throw movedOnTooOften(roomId, what)
}

export function movedOnTooOften(roomId: string, what: string): Error {
  return new Error(`room ${roomId} moved on ${maxTurns} times under ${what}`)
}
