/**
 * Commits in groups, each group one transaction of three round trips: look at the epoch and the rooms' counters and hold them,
 * send all rows, commit. Writing the partition's row keeps other owners out until the end, so the order of positions is the
 * order of commits. As in sqlite/writer.ts, a group that fails is tried again one by one.
 */
import type { RoomNid } from '../../types/index.ts'
import type { CommitResult, RoomCommit } from '../room-commit.ts'
import { OwnershipLost, RoomMovedOn, StorageFailed, StorageFull } from '../storage.ts'
import { GroupRows } from './commit.ts'
import type { Sql, Transaction } from './sql.ts'

interface Waiting {
  readonly commit: RoomCommit
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: Error) => void
}

type Result = CommitResult | RoomMovedOn

const maxGroupCommits = 128

export class Writer {
  readonly #sql: Sql
  readonly #partition: number
  readonly #epoch: number
  readonly #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #failure: StorageFailed | undefined

  constructor(sql: Sql, partition: number, epoch: number) {
    this.#sql = sql
    this.#partition = partition
    this.#epoch = epoch
  }

  get failure(): StorageFailed | undefined {
    return this.#failure
  }

  commit(commit: RoomCommit): Promise<CommitResult> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { promise, resolve, reject } = Promise.withResolvers<CommitResult>()
    this.#waiting.push({ commit, resolve, reject })
    this.#writing ??= this.#writeAll()
    return promise
  }

  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  async #writeAll(): Promise<void> {
    // What is decided in the same turn joins the group.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, maxGroupCommits)
      for (const part of (await this.#tryGroup(group)) ? [] : group) await this.#tryGroup([part])
    }
    this.#writing = undefined
  }

  /** @returns whether all have their answer; a single one always has */
  async #tryGroup(group: readonly Waiting[]): Promise<boolean> {
    try {
      if (this.#failure !== undefined) throw this.#failure
      const results = await this.#sql.begin(tx =>
        this.#write(
          tx,
          group.map(({ commit }) => commit),
        ),
      )
      for (const [at, { resolve, reject }] of group.entries()) {
        const result = results[at]!
        if (result instanceof RoomMovedOn) reject(result)
        else resolve(result)
      }
      return true
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal instanceof StorageFailed) this.#failure ??= refusal
      if (group.length > 1 && this.#failure === undefined) return false
      for (const { reject } of group) reject(refusal)
      return true
    }
  }

  async #write(tx: Transaction, commits: readonly RoomCommit[]): Promise<Result[]> {
    const rooms = [...new Set(commits.map(({ room }) => room))]
    const [[partition], stored] = await Promise.all([
      tx<{ epoch: number; position: number }[]>`
        SELECT epoch, position FROM partitions WHERE partition = ${this.#partition} FOR UPDATE`,
      tx<{ room: RoomNid; counter: number }[]>`
        SELECT room, counter FROM rooms WHERE room = ANY(${rooms}::bigint[]) FOR UPDATE`,
    ])
    const epoch = partition?.epoch ?? 0
    if (epoch !== this.#epoch) throw new OwnershipLost(this.#epoch, epoch)

    const counters = new Map(stored.map(({ room, counter }) => [room, counter]))
    const rows = new GroupRows()
    let position = partition?.position ?? 0
    const results = commits.map((commit): Result => {
      const { room, expects, opens, outputs } = commit
      const counter = counters.get(room)
      if ((counter ?? 0) !== expects) return new RoomMovedOn(room, expects, counter ?? 0)
      if (counter === undefined && opens === undefined) throw new Error(`room NID ${room} is not stored`)
      counters.set(room, expects + 1)
      rows.add(commit, this.#partition, position + 1)
      const positions = outputs.map(() => ++position)
      return { counter: expects + 1, positions }
    })
    await Promise.all([
      rows.write(tx),
      tx`UPDATE partitions SET position = ${position} WHERE partition = ${this.#partition}`,
    ])
    return results
  }
}

/** PostgreSQL's: disk full; I/O error; and those of a connection that broke, perhaps within the commit. */
function refusalOf(error: unknown): Error {
  if (error instanceof StorageFailed) return error
  const { code = '' } = error as { code?: string }
  if (code === '53100') return new StorageFull(error)
  if (code === '58030' || code.startsWith('08') || code.startsWith('CONNECTION_'))
    return new StorageFailed(`${error}`, error)
  return new Error('a write was refused, and nothing of it written', { cause: error })
}
