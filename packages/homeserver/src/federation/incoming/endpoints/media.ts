/** Media of this server: one part of JSON, which says nothing as yet, and the media. Server-server API, "Content Repository". */
import { Readable } from 'node:stream'
import { type Answer, type Endpoint, required, wholeNumber } from '../endpoint.ts'
import { invalid, notFound } from '../errors.ts'
import type { StoredMedia } from '../local-users.ts'

/** In no media of ours: random, and as long as a boundary may be in mail. */
const boundaryBytes = 24

export const downloadMedia: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/media/download/{mediaId}',
  async answer({ path, signal }, { media, runtime }) {
    const found = await media.download(path['mediaId'] as string, signal)
    if (found === undefined) throw notFound(`there is no media ${path['mediaId']}`)
    return multipart(found, boundary(runtime.randomness.bytes(boundaryBytes)))
  },
}

export const mediaThumbnail: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/media/thumbnail/{mediaId}',
  async answer(request, { media, runtime }) {
    const { path, query, signal } = request
    const method = query.get('method') ?? 'scale'
    if (method !== 'crop' && method !== 'scale') throw invalid('method must be crop or scale')
    const width = wholeNumber(required(request, 'width'), 'width') as number
    const height = wholeNumber(required(request, 'height'), 'height') as number
    const size = { width, height, method, animated: query.get('animated') === 'true' } as const
    const found = await media.thumbnail(path['mediaId'] as string, size, signal)
    if (found === undefined) throw notFound(`there is no media ${path['mediaId']}`)
    return multipart(found, boundary(runtime.randomness.bytes(boundaryBytes)))
  },
}

function boundary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function multipart({ contentType, contentDisposition, stream }: StoredMedia, boundary: string): Answer {
  const disposition = contentDisposition === undefined ? '' : `Content-Disposition: ${contentDisposition}\r\n`
  const before =
    `--${boundary}\r\nContent-Type: application/json\r\n\r\n{}\r\n` +
    `--${boundary}\r\nContent-Type: ${contentType}\r\n${disposition}\r\n`
  async function* parts() {
    yield Buffer.from(before)
    yield* stream as AsyncIterable<Buffer>
    yield Buffer.from(`\r\n--${boundary}--\r\n`)
  }
  return { bytes: { contentType: `multipart/mixed; boundary=${boundary}`, stream: Readable.from(parts()) } }
}
