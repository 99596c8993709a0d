/**
 * What the client head asks of other servers about media. The federation head implements it; a server that is alone has
 * {@link noOtherMedia}.
 */
import type { Readable } from 'node:stream'
import type { ServerName } from '@neurite/protocol'
import { notFound } from '../errors.ts'

export interface RemoteFile {
  readonly contentType: string
  readonly fileName: string | undefined
  readonly content: Readable
}

export interface RemoteMedia {
  /**
   * @param timeout milliseconds to wait for content that is still to be uploaded
   * @throws {ClientError} `M_NOT_FOUND`, `M_UNREACHABLE`
   */
  download(server: ServerName, mediaId: string, timeout: number, signal: AbortSignal): Promise<RemoteFile>
}

/** No other server can be reached. */
export const noOtherMedia: RemoteMedia = {
  download: server => Promise.reject(notFound(`this server does not talk to ${server}`)),
}
