/**
 * GET /media/download and /media/thumbnail, with a token; and the paths of old, which need one unless the configuration says otherwise.
 * Client-server API, "Content repository".
 *
 * A thumbnail is the original here: it may be larger than asked for, and clients make it fit.
 */
import { Type } from 'typebox'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { type BytesAnswer, endpoint, mediaV3, type RequestFacts, v1 } from '../endpoint.ts'
import { ClientError } from '../errors.ts'
import { findMedia } from './find-media.ts'
import { serve } from './serve.ts'

/** Milliseconds to wait for content that is still to come: the specification's default, and the most that a client may ask for. */
const defaultTimeout = 20_000
const maxTimeout = 60_000

const timeout = Type.Optional(Type.Integer({ minimum: 0 }))
const download = Type.Object({ timeout_ms: timeout, allow_remote: Type.Optional(Type.Boolean()) })
const thumbnail = Type.Object({
  timeout_ms: timeout,
  allow_remote: Type.Optional(Type.Boolean()),
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  method: Type.Optional(Type.Union([Type.Literal('crop'), Type.Literal('scale')])),
  animated: Type.Optional(Type.Boolean()),
})

const data = { method: 'GET', limit: 'media', response: 'bytes' } as const
const withToken = { ...data, at: v1, access: 'user' } as const
const ofOld = { ...data, at: mediaV3, access: 'optional' } as const

export const downloadMedia = endpoint(
  { ...withToken, path: '/media/download/{serverName}/{mediaId}', query: download },
  call => give(call),
)

export const downloadMediaAs = endpoint(
  { ...withToken, path: '/media/download/{serverName}/{mediaId}/{fileName}', query: download },
  call => give(call, call.parameters.fileName),
)

export const thumbnailMedia = endpoint(
  { ...withToken, path: '/media/thumbnail/{serverName}/{mediaId}', query: thumbnail },
  call => give(call),
)

export const downloadOfOld = endpoint({ ...ofOld, path: '/download/{serverName}/{mediaId}', query: download }, call =>
  giveOfOld(call),
)

export const downloadOfOldAs = endpoint(
  { ...ofOld, path: '/download/{serverName}/{mediaId}/{fileName}', query: download },
  call => giveOfOld(call, call.parameters.fileName),
)

export const thumbnailOfOld = endpoint(
  { ...ofOld, path: '/thumbnail/{serverName}/{mediaId}', query: thumbnail },
  call => giveOfOld(call),
)

interface MediaCall {
  readonly context: ClientContext
  readonly caller: Caller | undefined
  readonly parameters: { readonly serverName: string; readonly mediaId: string }
  readonly query: { readonly timeout_ms?: number }
  readonly request: RequestFacts
}

function giveOfOld(call: MediaCall, fileName?: string): Promise<BytesAnswer> {
  if (call.caller === undefined && !call.context.settings.media.allowWithoutToken)
    throw new ClientError('M_NOT_FOUND', 'media are given out with an access token only')
  return give(call, fileName)
}

async function give({ context, parameters, query, request }: MediaCall, fileName?: string): Promise<BytesAnswer> {
  const { serverName: origin, mediaId } = parameters
  const wait = Math.min(query.timeout_ms ?? defaultTimeout, maxTimeout)
  const media = await findMedia(context, { origin, mediaId, timeout: wait }, request.signal)
  return serve(context, media, fileName)
}
