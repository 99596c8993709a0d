/**
 * Where the federation sender stands: how far the output log is done with, which servers are behind and in which rooms, and what of the
 * things that are no events must not be lost. In the heads' own database.
 */
import type { ServerName } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'

/** The tables, as a migration. Times in milliseconds since 1970. */
export const federationSenderTables = `
  -- One row: all outputs up to this position were delivered, or are noted below.
  CREATE TABLE sender_position (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    position TEXT NOT NULL
  );
  -- Servers that did not take what was sent to them.
  CREATE TABLE sender_destinations (
    server_name TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    retry_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- Rooms of which such a server lacks something, and the last event that was for it.
  CREATE TABLE sender_rooms (
    server_name TEXT NOT NULL,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (server_name, room_id)
  ) WITHOUT ROWID;
  -- EDUs that are kept until they are taken: messages for devices, changes of devices and keys.
  CREATE TABLE sender_edus (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    server_name TEXT NOT NULL,
    edu TEXT NOT NULL
  );
  CREATE INDEX sender_edus_by_server ON sender_edus (server_name, id)`

/** A server that is behind. */
export interface BehindRow {
  readonly failures: number
  readonly retryAt: number
}

export interface PendingRoom {
  readonly roomId: string
  /** The last event of it that was for the server; on disk it may be one before that, unless it put the server out. */
  readonly eventId: string
}

export interface KeptEdu {
  readonly id: number
  /** JSON text. */
  readonly edu: string
}

/** EDUs kept for one server; the oldest go first. Months of a few users who write to somebody whose server is gone. */
const maxKept = 10_000

export class FederationSenderTables {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** '' at the beginning of the log. */
  position(): string {
    return String(this.#database.get('SELECT position FROM sender_position')?.['position'] ?? '')
  }

  async savePosition(position: string): Promise<void> {
    await this.#database.write({ sql: 'INSERT OR REPLACE INTO sender_position VALUES (1, ?)', values: [position] })
  }

  /** Servers that have something waiting on disk, or failed. */
  servers(): ServerName[] {
    const rows = this.#database.all(
      'SELECT server_name FROM sender_destinations UNION SELECT server_name FROM sender_rooms UNION SELECT server_name FROM sender_edus',
    )
    return rows.map(row => row['server_name'] as ServerName)
  }

  behind(server: ServerName): BehindRow | undefined {
    const row = this.#database.get('SELECT failures, retry_at FROM sender_destinations WHERE server_name = ?', server)
    return row && { failures: Number(row['failures']), retryAt: Number(row['retry_at']) }
  }

  rooms(server: ServerName): PendingRoom[] {
    const rows = this.#database.all('SELECT room_id, event_id FROM sender_rooms WHERE server_name = ?', server)
    return rows.map(row => ({ roomId: String(row['room_id']), eventId: String(row['event_id']) }))
  }

  /** The oldest EDUs that are kept for a server. */
  edus(server: ServerName, limit: number): KeptEdu[] {
    const rows = this.#database.all(
      'SELECT id, edu FROM sender_edus WHERE server_name = ? ORDER BY id LIMIT ?',
      server,
      limit,
    )
    return rows.map(row => ({ id: Number(row['id']), edu: String(row['edu']) }))
  }

  /** A server failed: when it is tried again, and what it lacks. On disk when it resolves. */
  async saveBehind(server: ServerName, { failures, retryAt }: BehindRow, rooms: readonly PendingRoom[]): Promise<void> {
    await this.#database.write(
      {
        sql: 'INSERT OR REPLACE INTO sender_destinations VALUES (?, ?, ?)',
        values: [server, failures, retryAt],
      },
      ...rooms.map(room => putRoom(server, room)),
    )
  }

  /** Notes rooms of which servers lack something. */
  async saveRooms(rooms: readonly (PendingRoom & { readonly server: ServerName })[]): Promise<void> {
    if (rooms.length > 0) await this.#database.write(...rooms.map(room => putRoom(room.server, room)))
  }

  /** A server took what was sent to it. @param rooms those of which it has all now */
  async saveTaken(server: ServerName, rooms: readonly PendingRoom[], edus: readonly KeptEdu[]): Promise<void> {
    await this.#database.write(
      { sql: 'DELETE FROM sender_destinations WHERE server_name = ?', values: [server] },
      ...rooms.map(({ roomId }) => ({
        sql: 'DELETE FROM sender_rooms WHERE server_name = ? AND room_id = ?',
        values: [server, roomId],
      })),
      ...edus.map(({ id }) => ({ sql: 'DELETE FROM sender_edus WHERE id = ?', values: [id] })),
    )
  }

  /** Keeps an EDU for servers. On disk when it resolves. @param edu JSON text */
  async keepEdu(servers: readonly ServerName[], edu: string): Promise<void> {
    const statements = servers.flatMap((server): Statement[] => [
      { sql: 'INSERT INTO sender_edus (server_name, edu) VALUES (?, ?)', values: [server, edu] },
      {
        sql: `DELETE FROM sender_edus WHERE server_name = ?1 AND id <= (
          SELECT id FROM sender_edus WHERE server_name = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${maxKept})`,
        values: [server],
      },
    ])
    if (statements.length > 0) await this.#database.write(...statements)
  }
}

function putRoom(server: ServerName, { roomId, eventId }: PendingRoom): Statement {
  return { sql: 'INSERT OR REPLACE INTO sender_rooms VALUES (?, ?, ?)', values: [server, roomId, eventId] }
}
