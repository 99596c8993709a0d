/**
 * Storage in PostgreSQL: one partition of rooms, owned under an epoch. A spike: it shows that the interface fits; leases, take
 * over and pools of readers come later.
 */
import type { EventTypeNid, QueueRowNid, RoomNid, StateKeyNid } from '../../types/index.ts'
import type { DirectoryChange } from '../directory-change.ts'
import type { Reader } from '../reader.ts'
import type { CommitResult, QueueItem, QueueRetry, RoomCommit } from '../room-commit.ts'
import { CannotOpenStorage, type Storage } from '../storage.ts'
import { migrate } from './migrations/index.ts'
import { PostgresReader } from './postgres-reader.ts'
import { connect, list, type Sql, toBytes } from './sql.ts'
import { Writer } from './writer.ts'

export interface PostgresOptions {
  /** Which partition of rooms this process owns; default 1. */
  readonly partition?: number
  /** The schema that holds the tables; default: PostgreSQL's own. */
  readonly schema?: string
}

/** One for commits, the others for reads and names. */
const maxConnections = 4

interface Connections {
  readonly sql: Sql
  /** A single one: what is queued is queued in order. */
  readonly queue: Sql
}

export class PostgresStorage implements Storage {
  readonly reader: Reader
  readonly #sql: Sql
  readonly #queue: Sql
  readonly #writer: Writer

  constructor({ sql, queue }: Connections, partition: number, epoch: number) {
    this.#sql = sql
    this.#queue = queue
    this.#writer = new Writer(sql, partition, epoch)
    this.reader = new PostgresReader(() => {
      if (this.#writer.failure !== undefined) throw this.#writer.failure
      return sql
    }, partition)
  }

  commit(commit: RoomCommit): Promise<CommitResult> {
    return this.#writer.commit(commit)
  }

  change(changes: readonly DirectoryChange[]): Promise<number[]> {
    return this.#writer.change(changes)
  }

  async purge(room: RoomNid, most: number): Promise<'more' | 'done'> {
    return (await this.#writer.purge(room, most)) ? 'more' : 'done'
  }

  async enqueue(items: readonly QueueItem[]): Promise<QueueRowNid[]> {
    const rooms = items.map(({ roomId }) => toBytes(roomId))
    const texts = items.map(({ item }) => toBytes(item))
    const rows = await this.#queue.unsafe(
      `INSERT INTO input_log (room_id, item) SELECT room_id, item
        FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS items (room_id, item, place) ORDER BY place
        RETURNING queue_row`,
      [list(this.#queue, rooms), list(this.#queue, texts)],
      { prepare: true },
    )
    return rows.map(row => row['queue_row'] as QueueRowNid).sort((a, b) => a - b)
  }

  async retryLater(retries: readonly QueueRetry[]): Promise<void> {
    await this.#queue.unsafe(
      `UPDATE input_log SET not_before = later.not_before, attempts = later.attempts, waits_for = later.waits_for
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])
          AS later (queue_row, not_before, attempts, waits_for) WHERE input_log.queue_row = later.queue_row`,
      [
        retries.map(({ row }) => row),
        retries.map(({ notBefore }) => notBefore),
        retries.map(({ attempts }) => attempts),
        list(
          this.#queue,
          retries.map(({ waitsFor }) => toBytes(waitsFor)),
        ),
      ] as never[],
    )
  }

  async dequeue(rows: readonly QueueRowNid[]): Promise<void> {
    await this.#queue`DELETE FROM input_log WHERE queue_row = ANY(${[...rows]}::bigint[])`
  }

  async allotRoom(): Promise<RoomNid> {
    const [row] = await this.#sql<{ room: RoomNid }[]>`SELECT nextval('room_nids') AS room`
    return row!.room
  }

  internEventTypes(types: readonly string[]): Promise<EventTypeNid[]> {
    return this.#intern(types, "INSERT INTO event_types SELECT nextval('event_type_nids'), $1::bytea", async () =>
      this.reader.eventTypeNids(types),
    )
  }

  internStateKeys(keys: readonly string[]): Promise<StateKeyNid[]> {
    return this.#intern(keys, "INSERT INTO event_state_keys SELECT nextval('state_key_nids'), $1::bytea", async () =>
      this.reader.stateKeyNids(keys),
    )
  }

  async close(): Promise<void> {
    await this.#writer.idle()
    await Promise.all([this.#sql.end(), this.#queue.end()])
  }

  /** Names are written at once: another process may need the same one now. */
  async #intern<N>(names: readonly string[], insert: string, read: () => Promise<Map<string, N>>): Promise<N[]> {
    let known = await read()
    const missing = [...new Set(names)].filter(name => !known.has(name))
    if (missing.length > 0) {
      const text = `${insert} ON CONFLICT (name) DO NOTHING`
      await Promise.all(missing.map(name => this.#sql.unsafe(text, [toBytes(name)], { prepare: true })))
      known = await read()
    }
    return names.map(name => known.get(name)!)
  }
}

/**
 * Opens a database and takes the partition over: whoever owned it before can commit nothing more.
 * @param url `postgres://user:password@host:port/database`
 */
export async function openPostgresStorage(url: string, options: PostgresOptions = {}): Promise<PostgresStorage> {
  const { partition = 1, schema } = options
  const sql = connect(url, maxConnections, schema)
  try {
    const reason = await migrate(sql)
    if (reason !== undefined) throw new CannotOpenStorage(url, reason)
    const [row] = await sql<{ epoch: number }[]>`
      INSERT INTO partitions (partition, epoch, position) VALUES (${partition}, 1, 0)
        ON CONFLICT (partition) DO UPDATE SET epoch = partitions.epoch + 1 RETURNING epoch`
    return new PostgresStorage({ sql, queue: connect(url, 1, schema) }, partition, row!.epoch)
  } catch (error) {
    await sql.end()
    throw error
  }
}
