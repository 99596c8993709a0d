/**
 * What other servers get of the media of this one, out of the client head's files. Server-server API, "Content Repository".
 */
import { ClientError } from '../client/errors.ts'
import type { ClientContext } from '../client/index.ts'
import { findMedia } from '../client/media/find-media.ts'
import { serve } from '../client/media/serve.ts'
import type { LocalMedia, StoredMedia } from '../federation/incoming/index.ts'

/** Milliseconds to wait for media that are still to be uploaded: whoever wants them waits as well. */
const uploadTimeout = 20_000

export function localMedia(context: ClientContext): LocalMedia {
  return {
    download: (mediaId, signal) => mediaOf(context, mediaId, signal),
    // A thumbnail is the original here: it may be larger than asked for.
    thumbnail: (mediaId, _, signal) => mediaOf(context, mediaId, signal),
  }
}

async function mediaOf(context: ClientContext, mediaId: string, signal: AbortSignal): Promise<StoredMedia | undefined> {
  try {
    const wish = { origin: context.serverName, mediaId, timeout: uploadTimeout }
    const { headers, open } = serve(context, await findMedia(context, wish, signal), undefined)
    const { 'content-type': contentType = '', 'content-disposition': contentDisposition } = headers
    return { contentType, contentDisposition, stream: open() }
  } catch (error) {
    if (error instanceof ClientError) return undefined
    throw error
  }
}
