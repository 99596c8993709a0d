/**
 * POST /upload, POST /create and PUT /upload/{serverName}/{mediaId}. Client-server API, "Content repository".
 */
import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { StoredContent } from '../../storage/media.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, mediaV1, mediaV3, type RequestFacts } from '../endpoint.ts'
import { ClientError, forbidden, notFound } from '../errors.ts'
import { empty } from '../schemas.ts'
import { newOpaqueId } from '../tokens.ts'

/** Characters of a media ID: nobody guesses one. */
const mediaIdLength = 32
/** How long a user may take to upload what they promised. Milliseconds: a day, as the specification suggests. */
const pendingFor = 24 * 60 * 60 * 1_000
/** Media IDs without content that a user may have. */
const maxPending = 100
/** Where the client names none. RFC 2046. */
const unknownType = 'application/octet-stream'

const query = Type.Object({ filename: Type.Optional(Type.String({ maxLength: 255 })) })

export const upload = endpoint(
  {
    method: 'POST',
    at: mediaV3,
    path: '/upload',
    access: 'user',
    limit: 'media',
    notWhileSuspended: true,
    query,
    body: 'bytes',
    response: Type.Object({ content_uri: Type.String() }),
  },
  async ({ context, caller, query: { filename }, body, request }) => {
    const { tables, database, runtime, serverName: origin } = context
    const content = await store(context, body, request)
    const mediaId = newOpaqueId(mediaIdLength, runtime.randomness)
    const { userId } = caller
    await database.write(
      tables.media.add({ origin, mediaId, userId, content, fileName: filename }, runtime.clock.now()),
    )
    return { content_uri: `mxc://${origin}/${mediaId}` }
  },
)

export const createMedia = endpoint(
  {
    method: 'POST',
    at: mediaV1,
    path: '/create',
    access: 'user',
    limit: 'media',
    notWhileSuspended: true,
    response: Type.Object({ content_uri: Type.String(), unused_expires_at: Type.Integer() }),
  },
  async ({ context, caller }) => {
    const { tables, database, runtime, serverName: origin } = context
    const { userId } = caller
    const now = runtime.clock.now()
    if (tables.media.pendingOf(userId, now) >= maxPending)
      throw new ClientError('M_LIMIT_EXCEEDED', `you have ${maxPending} uploads to begin already`)
    const mediaId = newOpaqueId(mediaIdLength, runtime.randomness)
    const expiresAt = now + pendingFor
    await database.write(tables.media.removeExpired(now), tables.media.reserve(origin, mediaId, userId, now, expiresAt))
    return { content_uri: `mxc://${origin}/${mediaId}`, unused_expires_at: expiresAt }
  },
)

export const uploadTo = endpoint(
  {
    method: 'PUT',
    at: mediaV3,
    path: '/upload/{serverName}/{mediaId}',
    access: 'user',
    limit: 'media',
    notWhileSuspended: true,
    query,
    body: 'bytes',
    response: empty,
  },
  async ({ context, caller, parameters, query: { filename }, body, request }) => {
    const { tables, database, runtime, pendingMedia } = context
    const { serverName: origin, mediaId } = parameters
    const known = tables.media.find(origin, mediaId)
    if (known === undefined || (known.expiresAt ?? Number.POSITIVE_INFINITY) <= runtime.clock.now())
      throw notFound(`nothing is to be uploaded to ${mediaId}`)
    if (known.userId !== caller.userId) throw forbidden(`${mediaId} is another's`)
    if (known.content !== undefined) throw overwriting(mediaId)
    const content = await store(context, body, request)
    const [filled] = await database.write(tables.media.fill(origin, mediaId, content, filename))
    if (filled?.changes !== 1) throw overwriting(mediaId)
    pendingMedia.arrived(mediaId)
    return {}
  },
)

async function store(
  { mediaFiles, settings }: ClientContext,
  body: Readable,
  { contentType, contentLength }: RequestFacts,
): Promise<StoredContent> {
  const { maxUpload } = settings.media
  // What says itself that it is too large is not read at all.
  if ((contentLength ?? 0) > maxUpload) throw new ClientError('M_TOO_LARGE', `files may have ${maxUpload} bytes here`)
  const stored = await mediaFiles.store(body, maxUpload)
  return { ...stored, contentType: contentType ?? unknownType }
}

function overwriting(mediaId: string): ClientError {
  return new ClientError('M_CANNOT_OVERWRITE_MEDIA', `${mediaId} has its content already`)
}
