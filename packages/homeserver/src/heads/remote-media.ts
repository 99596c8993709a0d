/**
 * What the client head asks of other servers about media, by the federation's requests. Server-server API, "Content Repository".
 */
import { Readable } from 'node:stream'
import { notFound } from '../client/errors.ts'
import type { RemoteMedia } from '../client/media/remote-media.ts'
import type { FederationClient } from '../federation/requests/index.ts'
import { asClientError } from './remote-errors.ts'

/** Where a server says nothing of the type. RFC 2046. */
const unknownType = 'application/octet-stream'

/** @param maxBytes larger media break off */
export function remoteMedia({ media }: Pick<FederationClient, 'media'>, maxBytes: number): RemoteMedia {
  return {
    download: async (server, mediaId, timeout, signal) => {
      // The IDs of other servers go into paths.
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(mediaId)) throw notFound(`${JSON.stringify(mediaId)} is no media ID`)
      const options = { maxBytes, waitForUpload: timeout }
      const found = await asClientError(`media ${mediaId}`, () => media.download(server, mediaId, options, signal))
      const content = Readable.from(found.body)
      content.once('close', () => found.close())
      return {
        content,
        contentType: found.contentType ?? unknownType,
        fileName: fileNameIn(found.contentDisposition),
      }
    },
  }
}

/** RFC 6266: the name in UTF-8 goes before the plain one. */
function fileNameIn(disposition = ''): string | undefined {
  const [, encoded] = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition) ?? []
  if (encoded !== undefined) {
    const bytes = encoded.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    return Buffer.from(bytes, 'latin1').toString()
  }
  const [, quoted, plain] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition) ?? []
  return quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1')
}
