/**
 * Commits and changes in groups, each group one transaction of three round trips: look at the epoch, the rooms' counters and the
 * aliases and hold them, send all rows, commit. Writing the partition's row keeps other owners out until the end, so the order of
 * positions is the order of commits. As in sqlite/writer.ts, a group that fails is tried again one by one. A step of a purge has a
 * transaction of its own.
 */
import type { RoomNid } from '../../types/index.ts'
import { aliasesToBeFree, type DirectoryChange } from '../directory-change.ts'
import type { CommitResult, RoomCommit } from '../room-commit.ts'
import { AliasTaken, OwnershipLost, RoomMovedOn, StorageFailed, StorageFull } from '../storage.ts'
import { GroupRows } from './commit.ts'
import { purgeStep } from './purge.ts'
import { fromBytes, list, type Sql, type Transaction, toBytes } from './sql.ts'

/** What is to be written. */
type Write =
  | { readonly kind: 'commit'; readonly commit: RoomCommit }
  | { readonly kind: 'change'; readonly changes: readonly DirectoryChange[]; readonly aliases: readonly string[] }
  | { readonly kind: 'purge'; readonly room: RoomNid; readonly most: number }

/** How it ended: the first position that it was given, or of a purge whether anything is left; or why it was refused. */
type Result = number | boolean | Error

interface Waiting {
  readonly write: Write
  readonly resolve: (result: number | boolean) => void
  readonly reject: (error: Error) => void
}

/** What a group must know of the database before it writes. */
interface Known {
  readonly counters: Map<RoomNid, number | 'purged'>
  readonly aliases: Set<string>
}

const maxGroupWrites = 128

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

  async commit(commit: RoomCommit): Promise<CommitResult> {
    const first = Number(await this.#give({ kind: 'commit', commit }))
    return { counter: commit.expects + 1, positions: commit.outputs.map((_, at) => first + at) }
  }

  async change(changes: readonly DirectoryChange[]): Promise<number[]> {
    const first = Number(await this.#give({ kind: 'change', changes, aliases: aliasesToBeFree(changes) }))
    return changes.filter(({ kind }) => kind === 'output').map((_, at) => first + at)
  }

  /** @returns whether anything is left */
  async purge(room: RoomNid, most: number): Promise<boolean> {
    return (await this.#give({ kind: 'purge', room, most })) === true
  }

  #give(write: Write): Promise<number | boolean> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { promise, resolve, reject } = Promise.withResolvers<number | boolean>()
    this.#waiting.push({ write, resolve, reject })
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
      const group = this.#waiting.splice(0, this.#groupSize())
      for (const part of (await this.#tryGroup(group)) ? [] : group) await this.#tryGroup([part])
    }
    this.#writing = undefined
  }

  /** As many as are waiting, up to the next purge; a purge alone. */
  #groupSize(): number {
    const purge = this.#waiting.findIndex(({ write }) => write.kind === 'purge')
    return purge < 0 ? maxGroupWrites : Math.min(maxGroupWrites, Math.max(purge, 1))
  }

  /** @returns whether all have their answer; a single one always has */
  async #tryGroup(group: readonly Waiting[]): Promise<boolean> {
    try {
      if (this.#failure !== undefined) throw this.#failure
      const results = await this.#sql.begin(tx =>
        this.#write(
          tx,
          group.map(({ write }) => write),
        ),
      )
      for (const [at, { resolve, reject }] of group.entries()) {
        const result = results[at]!
        if (result instanceof Error) reject(result)
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

  async #write(tx: Transaction, writes: readonly Write[]): Promise<Result[]> {
    const [before, known] = await Promise.all([this.#hold(tx), lookUp(tx, writes)])
    const rows = new GroupRows()
    let position = before
    const results: Result[] = []
    for (const write of writes) {
      const first = position + 1
      if (write.kind === 'purge') {
        results.push(await purgeStep(tx, write.room, write.most, { partition: this.#partition, last: position }))
        continue
      }
      const refusal = write.kind === 'commit' ? movedOn(write.commit, known) : takenAlias(write, known)
      if (refusal === undefined && write.kind === 'commit') {
        rows.add(write.commit, this.#partition, first)
        position += write.commit.outputs.length
      } else if (refusal === undefined && write.kind === 'change')
        position += rows.addChanges(write.changes, this.#partition, first)
      results.push(refusal ?? first)
    }
    await Promise.all([
      rows.write(tx),
      tx`UPDATE partitions SET position = ${position} WHERE partition = ${this.#partition}`,
    ])
    return results
  }

  /** Holds the partition until the transaction ends. @returns its last position @throws {OwnershipLost} */
  async #hold(tx: Transaction): Promise<number> {
    const [partition] = await tx<{ epoch: number; position: number }[]>`
      SELECT epoch, position FROM partitions WHERE partition = ${this.#partition} FOR UPDATE`
    const epoch = partition?.epoch ?? 0
    if (epoch !== this.#epoch) throw new OwnershipLost(this.#epoch, epoch)
    return partition?.position ?? 0
  }
}

async function lookUp(tx: Transaction, writes: readonly Write[]): Promise<Known> {
  const rooms = new Set(writes.flatMap(write => (write.kind === 'commit' ? [write.commit.room] : [])))
  const aliases = writes.flatMap(write => (write.kind === 'change' ? write.aliases : []))
  const [stored, taken] = await Promise.all([
    tx<{ room: RoomNid; counter: number; purge_phase: number }[]>`
      SELECT room, counter, purge_phase FROM rooms WHERE room = ANY(${[...rooms]}::bigint[]) FOR UPDATE`,
    aliases.length === 0
      ? []
      : tx.unsafe<{ alias: Buffer }[]>('SELECT alias FROM room_aliases WHERE alias = ANY($1::bytea[])', [
          list(tx, aliases.map(toBytes)),
        ]),
  ])
  return {
    counters: new Map(stored.map(row => [row.room, row.purge_phase === 0 ? row.counter : 'purged'])),
    aliases: new Set(taken.map(({ alias }) => fromBytes(alias))),
  }
}

/** Why a commit is refused; undefined where it is not, and then the room is known to have moved on by it. */
function movedOn({ room, expects, opens }: RoomCommit, { counters }: Known): RoomMovedOn | undefined {
  const counter = counters.get(room)
  if ((counter ?? 0) !== expects) return new RoomMovedOn(room, expects, counter ?? 0)
  if (counter === undefined && opens === undefined) throw new Error(`room NID ${room} is not stored`)
  counters.set(room, expects + 1)
  return undefined
}

/** Why changes are refused; undefined where they are not, and then their aliases are known to be there. */
function takenAlias({ aliases, changes }: Extract<Write, { kind: 'change' }>, known: Known): AliasTaken | undefined {
  const taken = aliases.find(alias => known.aliases.has(alias))
  if (taken !== undefined) return new AliasTaken(taken)
  for (const change of changes) {
    if (change.kind === 'put-alias') known.aliases.add(change.alias)
    else if (change.kind === 'remove-alias') known.aliases.delete(change.alias)
  }
  return undefined
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
