/**
 * Media as an answer, so that nothing in it can act in the name of this server. Client-server API, "Serving content".
 */
import type { ClientContext } from '../context.ts'
import type { BytesAnswer } from '../endpoint.ts'
import type { ThereMedia } from './find-media.ts'

/** Types that no browser runs anything of. Client-server API, "Serving inline content". */
const inlineTypes = new Set([
  'text/css',
  'text/plain',
  'text/csv',
  'application/json',
  'application/ld+json',
  'image/jpeg',
  'image/gif',
  'image/png',
  'image/apng',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'audio/mp4',
  'audio/webm',
  'audio/aac',
  'audio/mpeg',
  'audio/ogg',
  'audio/wave',
  'audio/wav',
  'audio/x-wav',
  'audio/x-pn-wav',
  'audio/flac',
  'audio/x-flac',
])

const safety = {
  'content-security-policy':
    "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  // The content of a URI never changes.
  'cache-control': 'private, max-age=86400, immutable',
}

/** @param fileName as the client wants it; undefined: as it was uploaded */
export function serve({ mediaFiles }: ClientContext, media: ThereMedia, fileName: string | undefined): BytesAnswer {
  const { hash, size, contentType } = media.content
  const isInline = inlineTypes.has(contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '')
  const disposition = `${isInline ? 'inline' : 'attachment'}${fileNameParameter(fileName ?? media.fileName)}`
  return {
    headers: { ...safety, 'content-type': headerValue(contentType), 'content-disposition': disposition },
    size,
    open: () => mediaFiles.contentOf(hash),
  }
}

/** RFC 6266: quoted where it is ASCII, else in UTF-8 by RFC 8187. */
function fileNameParameter(fileName: string | undefined): string {
  if (fileName === undefined || fileName === '') return ''
  if (/^[\x20-\x7e]*$/.test(fileName)) return `; filename="${fileName.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  const encoded = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `; filename*=utf-8''${encoded}`
}

/** What a client has named as type goes into a header: no more than a header can hold. */
function headerValue(contentType: string): string {
  return /^[\x20-\x7e]+$/.test(contentType) ? contentType : 'application/octet-stream'
}
