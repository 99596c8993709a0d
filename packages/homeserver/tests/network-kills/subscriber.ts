/**
 * Reads a server's output log from outside, over all its deaths, and keeps what it was told: no position may be missing, and none may be
 * told twice with two contents.
 */
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { type RoomServerApi, RoomServerError } from '@neurite/roomserver/api'
import { nodeRuntime } from '@neurite/roomserver/runtime'

/** How long the server holds a question to which there is no answer yet; how long it is left alone when it does not answer. Milliseconds. */
const wait = 1_000
const askAgainAfter = 50
const pageOutputs = 500

type Output = Awaited<ReturnType<RoomServerApi['readOutput']>>['events'][number]

export class Subscriber {
  readonly #api: Pick<RoomServerApi, 'readOutput'>
  readonly #told: Output[] = []
  readonly #stopping = new AbortController()
  readonly #reading: Promise<void>
  #gap: string | undefined

  constructor(api: Pick<RoomServerApi, 'readOutput'>) {
    this.#api = api
    this.#reading = this.#readOn()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the subscriber stops'))
    await this.#reading
  }

  /** All that there is was told, once, in order, and is still told so. The server runs. */
  async assertToldAll(): Promise<void> {
    const all = await this.#all()
    while (this.#told.length < all.length && this.#gap === undefined) await nodeRuntime.timers.sleep(askAgainAfter)
    assert.equal(this.#gap, undefined)
    const other = all.find((output, at) => !isDeepStrictEqual(output, this.#told[at]))
    assert.equal(other, undefined, 'an output is told otherwise now')
  }

  async #all(): Promise<Output[]> {
    const all: Output[] = []
    for (;;) {
      const { events } = await this.#api.readOutput({ after: all.at(-1)?.position ?? '', limit: pageOutputs })
      if (events.length === 0) return all
      all.push(...events)
    }
  }

  async #readOn(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted && this.#gap === undefined) {
      try {
        const after = this.#told.at(-1)?.position ?? ''
        const { events } = await this.#api.readOutput({ after, limit: pageOutputs, wait }, { signal })
        for (const output of events) this.#note(output)
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof RoomServerError)) throw error
        // It is dead, and will be back.
        await nodeRuntime.timers.sleep(askAgainAfter)
      }
    }
  }

  #note(output: Output): void {
    this.#told.push(output)
    if (output.position !== `${this.#told.length}`)
      this.#gap ??= `${output.position} follows on ${this.#told.length - 1}`
  }
}
