/**
 * Media by their URI: of this server, or of another, from which they are fetched once. Client-server API, "Content repository".
 */
import type { UserId } from '@neurite/protocol'
import { isServerName } from '@neurite/protocol'
import type { Media } from '../../storage/media.ts'
import type { ClientContext } from '../context.ts'
import { ClientError, notFound } from '../errors.ts'

/** Media with their content. */
export type ThereMedia = Media & { readonly content: NonNullable<Media['content']> }

export interface MediaWish {
  readonly origin: string
  readonly mediaId: string
  /** Milliseconds to wait for content that is still to come. */
  readonly timeout: number
}

/** @throws {ClientError} `M_NOT_FOUND`, `M_NOT_YET_UPLOADED`, `M_UNREACHABLE` */
export async function findMedia(context: ClientContext, wish: MediaWish, signal: AbortSignal): Promise<ThereMedia> {
  const { origin, mediaId, timeout } = wish
  const find = () => context.tables.media.find(origin, mediaId)
  const known = find()
  if (known !== undefined && isThere(known)) return known
  if (origin !== context.serverName) return fetchMedia(context, wish, signal)
  if (known === undefined || isOver(context, known)) throw notFound(`there is no media ${mediaId} here`)
  await context.pendingMedia.wait(mediaId, timeout, signal)
  const now = find()
  if (now === undefined || !isThere(now)) throw new ClientError('M_NOT_YET_UPLOADED', `${mediaId} has no content yet`)
  return now
}

function isThere(media: Media): media is ThereMedia {
  return media.content !== undefined
}

/** The time for uploading is over. */
function isOver({ runtime }: ClientContext, { expiresAt }: Media): boolean {
  return expiresAt !== undefined && expiresAt <= runtime.clock.now()
}

/** Several who want the same wait for one download. */
function fetchMedia(context: ClientContext, wish: MediaWish, signal: AbortSignal): Promise<ThereMedia> {
  const { tables, turns, remoteMedia, mediaFiles, database, runtime, settings } = context
  const { origin, mediaId, timeout } = wish
  if (!isServerName(origin)) throw notFound(`${JSON.stringify(origin)} is no server name`)
  return turns.take(`media ${origin} ${mediaId}`, async () => {
    const before = tables.media.find(origin, mediaId)
    if (before !== undefined && isThere(before)) return before
    const { contentType, fileName, content } = await remoteMedia.download(origin, mediaId, timeout, signal)
    const stored = await mediaFiles.store(content, settings.media.maxUpload)
    const media = {
      ...{ origin, mediaId, fileName, expiresAt: undefined, userId: undefined as UserId | undefined },
      content: { ...stored, contentType },
    }
    await database.write(tables.media.add(media, runtime.clock.now()))
    return media
  })
}
