/**
 * Messages for devices that came from other servers lately, told apart by their IDs: a server sends one again under another transaction
 * where it has lost the answer.
 */

/** Far more than come in the time in which a server tries again. */
const maxRemembered = 50_000

export class RecentMessages {
  readonly #ids = new Set<string>()

  /** Whether a message was not seen before; from now on it was. */
  isNew(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    if (this.#ids.size > maxRemembered) this.#ids.delete(this.#ids.values().next().value as string)
    return true
  }
}
