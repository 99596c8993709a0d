/**
 * What is known of media: of local users, and of other servers as far as it was fetched; the bytes lie in files
 * named by their SHA-256 (`client/media/media-files.ts`). Client-server API, "Content repository".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'

/** Bytes in a file. */
export interface StoredContent {
  /** SHA-256, hexadecimal. */
  readonly hash: string
  readonly size: number
  readonly contentType: string
}

export interface Media {
  /** The server in its URI. */
  readonly origin: string
  readonly mediaId: string
  /** Undefined for media of other servers. */
  readonly userId: UserId | undefined
  /** Until when content may be uploaded, where there is none yet. Milliseconds since 1970. */
  readonly expiresAt: number | undefined
  /** Undefined while there is none. */
  readonly content: StoredContent | undefined
  readonly fileName: string | undefined
}

export class MediaTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  find(origin: string, mediaId: string): Media | undefined {
    const row = this.#database.get('SELECT * FROM media WHERE origin = ? AND media_id = ?', origin, mediaId)
    return row === undefined ? undefined : mediaOf(row)
  }

  /** URIs without content that a user may still upload to. */
  pendingOf(userId: UserId, now: number): number {
    return this.#database.get<{ count: number }>(
      'SELECT COUNT(*) AS count FROM media WHERE user_id = ? AND hash IS NULL AND expires_at > ?',
      userId,
      now,
    )!.count
  }

  /** A URI that content is to be uploaded to. */
  reserve(origin: string, mediaId: string, userId: UserId, at: number, expiresAt: number): Statement {
    return {
      sql: 'INSERT INTO media (origin, media_id, user_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)',
      values: [origin, mediaId, userId, at, expiresAt],
    }
  }

  /** Changes no row where there is content already. */
  fill(origin: string, mediaId: string, content: StoredContent, fileName: string | undefined): Statement {
    return {
      sql: `UPDATE media SET hash = ?, size = ?, content_type = ?, file_name = ?, expires_at = NULL
        WHERE origin = ? AND media_id = ? AND hash IS NULL`,
      values: [content.hash, content.size, content.contentType, fileName ?? null, origin, mediaId],
    }
  }

  /** Media that comes with its content. Changes no row where there is such media already. */
  add(media: Omit<Media, 'expiresAt'> & { readonly content: StoredContent }, at: number): Statement {
    const { origin, mediaId, userId, content, fileName } = media
    return {
      sql: `INSERT INTO media (origin, media_id, user_id, created_at, hash, size, content_type, file_name)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      values: [origin, mediaId, userId ?? null, at, content.hash, content.size, content.contentType, fileName ?? null],
    }
  }

  removeExpired(now: number): Statement {
    return { sql: 'DELETE FROM media WHERE hash IS NULL AND expires_at <= ?', values: [now] }
  }
}

function mediaOf(row: Row): Media {
  const hash = row['hash'] as string | null
  return {
    origin: row['origin'] as string,
    mediaId: row['media_id'] as string,
    userId: (row['user_id'] as UserId | null) ?? undefined,
    expiresAt: (row['expires_at'] as number | null) ?? undefined,
    content:
      hash === null ? undefined : { hash, size: row['size'] as number, contentType: row['content_type'] as string },
    fileName: (row['file_name'] as string | null) ?? undefined,
  }
}
