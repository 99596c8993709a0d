/**
 * Joins whose state lacks members: noted on disk before the join is taken, completed in the background, and tried again until they are,
 * also after a crash. Server-server API, "PUT /send_join", `omit_members`; design, "State snapshots and blocks", "provisional".
 */
import type { Runtime } from '../../runtime/index.ts'
import type { PartialJoinRow, Storage } from '../../storage/index.ts'
import type { JoinCompletion } from './join-completion.ts'
import type { PartialRooms } from './partial-rooms.ts'

export interface PartialJoinsParts {
  readonly storage: Storage
  readonly rooms: PartialRooms
  readonly completion: JoinCompletion
  readonly runtime: Runtime
  /** Told of failures. The join is still on disk, and tried again. */
  readonly failed: (error: unknown) => void
}

/** Joins completed at a time: each may have a hundred megabytes of another server's answer in hand. */
const atOnce = 2
/** The time until the next try: doubled with each. Milliseconds. */
const firstRetryAfter = 2_000
const lastRetryAfter = 60 * 60 * 1_000
/** Rows read at once. */
const pageRows = 100

export class PartialJoins {
  readonly #parts: PartialJoinsParts
  readonly #stopping = new AbortController()
  readonly #places: (() => void)[] = []
  readonly #trying = new Set<Promise<boolean>>()
  #free = atOnce

  constructor(parts: PartialJoinsParts) {
    this.#parts = parts
  }

  /** Notes that a join is about to be taken whose state lacks members. On disk when it resolves. */
  async note(row: PartialJoinRow): Promise<void> {
    this.#parts.rooms.add(row)
    await this.#parts.storage.change([{ kind: 'put-partial-join', ...row }])
  }

  /** The join's state is whole, or it was not taken. */
  async end({ roomId, eventId }: Pick<PartialJoinRow, 'roomId' | 'eventId'>): Promise<void> {
    await this.#parts.storage.change([{ kind: 'end-partial-join', roomId, eventId }])
    this.#parts.rooms.remove({ roomId, eventId })
  }

  /** Begins to complete a join that was noted and taken. */
  start(row: PartialJoinRow): void {
    void this.#untilDone(row).catch(this.#parts.failed)
  }

  /** Takes up what is on disk, as after a start. */
  async resume(): Promise<void> {
    const { storage, rooms } = this.#parts
    const found: PartialJoinRow[] = []
    for (let after: PartialJoinRow | undefined; ; ) {
      const page: PartialJoinRow[] = await storage.reader.partialJoins(after, pageRows)
      found.push(...page)
      after = page.at(-1)
      if (after === undefined) break
    }
    for (const row of found) rooms.add(row)
    for (const row of found) this.start(row)
  }

  /** Resolves when nothing is being fetched: what is left waits for its next try. */
  async whenIdle(): Promise<void> {
    while (this.#trying.size > 0) await Promise.allSettled([...this.#trying])
  }

  /** Ends what is under way; it goes on with the next start. */
  async close(): Promise<void> {
    this.#stopping.abort(new Error('the server stops'))
    await this.whenIdle()
  }

  async #untilDone(row: PartialJoinRow): Promise<void> {
    const { runtime } = this.#parts
    const { signal } = this.#stopping
    for (let tries = 0; !signal.aborted; tries++) {
      const trying = this.#try(row, tries)
      this.#trying.add(trying)
      try {
        if (await trying) return
      } finally {
        this.#trying.delete(trying)
      }
      const wait = Math.min(firstRetryAfter * 2 ** tries, lastRetryAfter)
      await runtime.timers.sleep(wait, signal).catch(this.#unlessStopping)
    }
  }

  /** @returns whether there is nothing left to do */
  async #try(row: PartialJoinRow, tries: number): Promise<boolean> {
    await this.#enter()
    try {
      const { signal } = this.#stopping
      if (signal.aborted || !(await this.#parts.completion.tryOnce(row, tries, signal))) return false
      await this.end(row)
      return true
    } catch (error) {
      this.#unlessStopping(error)
      return false
    } finally {
      this.#leave()
    }
  }

  readonly #unlessStopping = (error: unknown): void => {
    if (!this.#stopping.signal.aborted) this.#parts.failed(error)
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#places.push(resolve))
  }

  #leave(): void {
    const next = this.#places.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
