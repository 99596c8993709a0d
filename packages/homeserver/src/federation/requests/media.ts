/** Media of other servers' users. Server-server API, "Content Repository". */
import { isServerName, type ServerName } from '@neurite/protocol'
import {
  type Headers,
  type IncomingAnswer,
  limits,
  MalformedAnswer,
  mediaTypeOf,
  RequestFailed,
  RequestRefused,
  type Web,
  WebRequestFailed,
} from '../transport/index.ts'
import { MultipartError, multipartMedia } from '../transport/multipart.ts'
import type { Caller } from './caller.ts'
import type { Call, Endpoint } from './endpoint.ts'

/** Media that is coming in: to be read, and closed in any case. */
export interface IncomingMedia {
  /** As the other server says: not to be believed where it matters. Undefined: unknown. */
  readonly contentType: string | undefined
  readonly contentDisposition: string | undefined
  /** @throws {RequestFailed} where it breaks off or is larger than allowed */
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}

export interface ThumbnailWanted {
  readonly width: number
  readonly height: number
  readonly method: 'crop' | 'scale'
  readonly animated?: boolean
}

export interface MediaOptions {
  /** Larger media breaks off. Bytes. */
  readonly maxBytes: number
  /** How long the other server may wait for media that is still being uploaded. Milliseconds. */
  readonly waitForUpload?: number
}

const mediaId = /^[A-Za-z0-9_-]{1,255}$/

const download = mediaEndpoint('GET /media/download', '/_matrix/federation/v1/media/download/{mediaId}')
const thumbnail = mediaEndpoint('GET /media/thumbnail', '/_matrix/federation/v1/media/thumbnail/{mediaId}')
const legacyDownload = legacyEndpoint('GET /_matrix/media/v3/download', 'download')
const legacyThumbnail = legacyEndpoint('GET /_matrix/media/v3/thumbnail', 'thumbnail')

function mediaEndpoint(name: string, path: string): Endpoint {
  return { name, method: 'GET', path, limits: limits.media }
}

/** Deprecated, and without authentication: for servers that do not know the other. */
function legacyEndpoint(name: string, what: string): Endpoint {
  return { ...mediaEndpoint(name, `/_matrix/media/v3/${what}/{serverName}/{mediaId}`), isPublic: true }
}

export class MediaRequests {
  readonly #caller: Caller
  readonly #web: Pick<Web, 'open'>

  constructor(caller: Caller, web: Pick<Web, 'open'>) {
    this.#caller = caller
    this.#web = web
  }

  /** The media itself. @throws {RangeError} where it is no media ID; {RequestRefused}; {RemoteServerError} */
  download(server: ServerName, id: string, options: MediaOptions, signal?: AbortSignal): Promise<IncomingMedia> {
    return this.#get(server, id, [download, legacyDownload], {}, options, signal)
  }

  /** A smaller picture of it. @throws see {@link download} */
  thumbnail(
    server: ServerName,
    id: string,
    wanted: ThumbnailWanted,
    options: MediaOptions,
    signal?: AbortSignal,
  ): Promise<IncomingMedia> {
    return this.#get(server, id, [thumbnail, legacyThumbnail], { ...wanted }, options, signal)
  }

  async #get(
    server: ServerName,
    id: string,
    [endpoint, legacy]: readonly [Endpoint, Endpoint],
    wanted: NonNullable<Call['query']>,
    { maxBytes, waitForUpload }: MediaOptions,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMedia> {
    if (!mediaId.test(id) || !isServerName(server)) throw new RangeError(`${server}/${id} is no media`)
    const limited = { ...limits.media, maxBytes: maxBytes + multipartOverhead }
    const query = { ...wanted, timeout_ms: waitForUpload }
    const path = { mediaId: id, serverName: server }
    try {
      const answer = await this.#caller.open(server, { ...endpoint, limits: limited }, { path, query }, signal)
      return await this.#fromMultipart(server, endpoint, answer, maxBytes, signal)
    } catch (error) {
      if (!isUnrecognized(error)) throw error
    }
    const call = { path, query: { ...query, allow_remote: false } }
    const answer = await this.#caller.open(server, { ...legacy, limits: limited }, call, signal)
    return mediaOf(answer.headers, limitedTo(maxBytes, answer.chunks(), server, legacy), () => answer.close())
  }

  async #fromMultipart(
    server: ServerName,
    { name }: Endpoint,
    answer: IncomingAnswer,
    maxBytes: number,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMedia> {
    try {
      const { headers, body } = await multipartMedia(answer.headers['content-type'] ?? '', answer.chunks())
      const { location } = headers
      const limited = limitedTo(maxBytes, body, server, { name })
      if (location === undefined) return mediaOf(headers, limited, () => answer.close())
      answer.close()
      return await this.#elsewhere(server, name, location, maxBytes, signal)
    } catch (error) {
      answer.close()
      if (error instanceof MultipartError) throw new MalformedAnswer(server, name, error.message, { cause: error })
      throw error
    }
  }

  /** The server does not keep it itself, and says where it lies. */
  async #elsewhere(
    server: ServerName,
    name: string,
    location: string,
    maxBytes: number,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<IncomingMedia> {
    const url = URL.parse(location)
    if (url === null) throw new MalformedAnswer(server, name, `${location} is no URL`)
    try {
      const { status, headers, body, close } = await this.#web.open(url, signal)
      if (status === 200) return mediaOf(headers, limitedTo(maxBytes, body, server, { name }), close)
      close()
      throw new RequestFailed(server, name, 'refused', `${url.href} answers ${status}`, { status })
    } catch (cause) {
      if (cause instanceof WebRequestFailed)
        throw new RequestFailed(server, name, 'unreachable', cause.message, { cause })
      throw cause
    }
  }
}

/** Boundaries, headers and the JSON around the media: a few hundred bytes. */
const multipartOverhead = 64 * 1_024

function mediaOf(headers: Headers, body: AsyncIterable<Uint8Array>, close: () => void): IncomingMedia {
  const contentType = mediaTypeOf(headers) === '' ? undefined : headers['content-type']
  return { contentType, contentDisposition: headers['content-disposition'], body, close }
}

async function* limitedTo(
  maxBytes: number,
  body: AsyncIterable<Uint8Array>,
  server: ServerName,
  { name }: Pick<Endpoint, 'name'>,
): AsyncGenerator<Uint8Array> {
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > maxBytes) throw new MalformedAnswer(server, name, `media of more than ${maxBytes} bytes`)
      yield chunk
    }
  } catch (error) {
    if (error instanceof MultipartError) throw new MalformedAnswer(server, name, error.message, { cause: error })
    throw error
  }
}

/** The server does not know the endpoint: 404 M_UNRECOGNIZED, or a refusal that is no error of Matrix, as of servers of old. */
function isUnrecognized(error: unknown): boolean {
  if (error instanceof RequestRefused) return error.status === 404 && error.errcode === 'M_UNRECOGNIZED'
  return error instanceof RequestFailed && error.status !== undefined && error.status >= 400 && error.status < 500
}
