/**
 * Transactions of other servers: those of one server one after the other, and each once. Server-server API, "Transactions".
 */
import type { ServerName } from '@neurite/protocol'

/** Answers remembered, over all servers: a server asks again at once or never. */
const maxRemembered = 10_000
/** Transactions of one server that wait; it should send one at a time. */
const maxWaiting = 10

/** A server sends faster than its transactions can be taken. */
export class TooManyTransactions extends Error {
  constructor(server: ServerName) {
    super(`${server} has ${maxWaiting} transactions waiting already`)
    this.name = 'TooManyTransactions'
  }
}

interface Line {
  /** The one that is last in the line. */
  last: Promise<unknown>
  waiting: number
}

export class Transactions {
  /** By server and transaction ID, oldest first. */
  readonly #answers = new Map<string, Promise<string>>()
  readonly #lines = new Map<ServerName, Line>()

  /**
   * Does the work of a transaction, once for each ID: who sends it again gets the first one's answer.
   * @throws {TooManyTransactions}; what the work throws, which is forgotten
   */
  once(server: ServerName, transactionId: string, work: () => Promise<string>): Promise<string> {
    const key = `${server} ${transactionId}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = this.#inLine(server, work)
    this.#answers.set(key, answer)
    answer.catch(() => this.#answers.delete(key))
    const oldest = this.#answers.keys().next()
    if (this.#answers.size > maxRemembered && oldest.done !== true) this.#answers.delete(oldest.value)
    return answer
  }

  async #inLine(server: ServerName, work: () => Promise<string>): Promise<string> {
    const line = this.#lines.get(server) ?? { last: Promise.resolve(), waiting: 0 }
    if (line.waiting >= maxWaiting) throw new TooManyTransactions(server)
    this.#lines.set(server, line)
    line.waiting++
    const done = line.last.then(work)
    // Whether it fails is for who waits for it: the next begins in any case.
    line.last = Promise.allSettled([done])
    try {
      return await done
    } finally {
      line.waiting--
      if (line.waiting === 0) this.#lines.delete(server)
    }
  }
}
