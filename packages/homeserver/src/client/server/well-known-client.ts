/**
 * GET /.well-known/matrix/client. Client-server API, "Well-known URIs".
 */
import { Type } from 'typebox'
import { endpoint, wellKnown } from '../endpoint.ts'
import { notFound } from '../errors.ts'

const homeserver = Type.Object({ base_url: Type.String() })

export const wellKnownClient = endpoint(
  {
    method: 'GET',
    at: wellKnown,
    path: '/client',
    access: 'anyone',
    response: Type.Object({ 'm.homeserver': homeserver }),
  },
  ({ context }) => {
    const { publicUrl } = context.settings
    if (publicUrl === undefined) throw notFound('the public URL of this server is not configured')
    return { 'm.homeserver': { base_url: publicUrl } }
  },
)
