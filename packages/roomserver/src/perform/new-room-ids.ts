/**
 * IDs of rooms that are being opened. From room version 12 on the ID is the hash of the create event, so two rooms that a user opens
 * alike in the same millisecond would be one.
 */

/** IDs remembered: far more than rooms are opened in the time that opening one takes. */
const maxRemembered = 10_000

export class NewRoomIds {
  readonly #taken = new Set<string>()

  /** Takes an ID for a new room. @returns false where it was taken before */
  take(roomId: string): boolean {
    if (this.#taken.has(roomId)) return false
    this.#taken.add(roomId)
    const [oldest] = this.#taken
    if (this.#taken.size > maxRemembered && oldest !== undefined) this.#taken.delete(oldest)
    return true
  }
}
