/**
 * Media as servers give it to each other: `multipart/mixed` of two parts, JSON about the media, and the media itself or where it
 * lies. Server-server API, "Content Repository"; RFC 2046, section 5.1.
 */
import { ByteReader, DelimiterMissing } from './byte-reader.ts'

/** The second part. */
export interface MediaPart {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** To be read once, to its end. @throws {MultipartError} where it breaks off */
  readonly body: AsyncIterable<Uint8Array>
}

/** The body is not such a multipart. */
export class MultipartError extends Error {
  constructor(problem: string, options?: ErrorOptions) {
    super(problem, options)
    this.name = 'MultipartError'
  }
}

/** RFC 2046: 1 to 70 characters, the last one no space. */
const boundaryParameter = /;[ \t]*boundary=(?:"([^"\r\n]{0,69}[^"\r\n ])"|([^\s;"]{1,70}))/i
const maxHeaderBytes = 16 * 1_024
/** Always an empty object today. */
const maxMetadataBytes = 16 * 1_024
/** What may stand before the first boundary, and after the last: nothing, commonly. */
const maxPreambleBytes = 4 * 1_024
const maxEpilogueBytes = 4 * 1_024

const lineEnd = Buffer.from('\r\n')

/**
 * @param contentType the header of the answer
 * @returns the media's part, as soon as its headers are there
 * @throws {MultipartError}; what the source throws
 */
export async function multipartMedia(contentType: string, source: AsyncIterable<Uint8Array>): Promise<MediaPart> {
  const [, quoted, plain] = boundaryParameter.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined || !/^multipart\/mixed[ \t]*;/i.test(contentType))
    throw new MultipartError(`an answer of type ${contentType}, not multipart/mixed with a boundary`)
  // The delimiter is a line of its own: with one line end put before the first, all of them begin alike.
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const reader = new ByteReader(source, lineEnd)
  return asMultipartErrors(async () => {
    await reader.readUntil(delimiter, maxPreambleBytes)
    await readHeaders(reader)
    await reader.readUntil(delimiter, maxMetadataBytes)
    return { headers: await readHeaders(reader), body: bodyUntil(reader, delimiter) }
  })
}

async function* bodyUntil(reader: ByteReader, delimiter: Buffer): AsyncGenerator<Uint8Array> {
  try {
    yield* reader.piecesUntil(delimiter)
    await reader.readToEnd(maxEpilogueBytes)
  } catch (error) {
    throw asMultipartError(error)
  }
}

/** The rest of the boundary's line, then lines up to an empty one. */
async function readHeaders(reader: ByteReader): Promise<Record<string, string | undefined>> {
  const rest = await reader.readUntil(lineEnd, maxHeaderBytes)
  if (rest.toString('latin1').trim() !== '') throw new MultipartError('it has fewer than two parts')
  const headers: Record<string, string | undefined> = {}
  let size = 0
  for (;;) {
    const line = await reader.readUntil(lineEnd, maxHeaderBytes - size)
    size += line.length
    if (line.length === 0) return headers
    const text = line.toString('utf8')
    const colon = text.indexOf(':')
    if (colon > 0) headers[text.slice(0, colon).trim().toLowerCase()] ??= text.slice(colon + 1).trim()
  }
}

async function asMultipartErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asMultipartError(error)
  }
}

function asMultipartError(error: unknown): unknown {
  return error instanceof DelimiterMissing ? new MultipartError(error.message, { cause: error }) : error
}
