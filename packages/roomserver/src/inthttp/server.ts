/**
 * The contract over HTTP, server side: a route an operation, all derived from the table in api/. A plugin for Fastify, so that it
 * may stand beside other heads on one port.
 *
 * ```ts
 * const server = Fastify({ bodyLimit: defaultBodyLimit })
 * await server.register(roomServerRoutes, { api: roomServer.api, secret, timers: runtime.timers })
 * ```
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type CallOptions, type OperationName, operations, type RoomServerApi, RoomServerError } from '../api/index.ts'
import { nodeRuntime, type Timers, withDeadline } from '../runtime/index.ts'
import { errorBody, toRoomServerError } from './errors.ts'
import { openApiDocument } from './openapi.ts'
import { fits, misfit } from './validation.ts'
import { basePath, idempotencyHeader, maxIdempotencyKey, pathOf, timeoutHeader } from './wire.ts'

export interface RoomServerRoutes {
  readonly api: RoomServerApi
  /** What callers must show as a bearer token. */
  readonly secret: string
  readonly timers: Timers
  /** Told of what is unexpected; the caller gets no more than `M_UNKNOWN`. */
  readonly onError?: (error: unknown, operation: string) => void
  /** Told of every call once it is answered. Milliseconds. */
  readonly onCall?: (operation: OperationName, outcome: string, duration: number) => void
}

/** A join's state comes as one request: a room of 100,000 members is some 150 MB. */
export const defaultBodyLimit = 512 * 1024 * 1024
/** Where the caller does not say how long it waits; and the most that it may say. Milliseconds. */
const defaultTimeout = 60_000
const maxTimeout = 60 * 60 * 1_000
/** The answer must still be on its way before the caller gives up. Milliseconds. */
const answerMargin = 50

export async function roomServerRoutes(fastify: FastifyInstance, options: RoomServerRoutes): Promise<void> {
  const isSecret = secretCheck(options.secret)
  fastify.setErrorHandler((error, _, reply) => refuse(reply, badRequest(error)))
  fastify.addHook('onRequest', async request => {
    if (!isSecret(request.headers.authorization))
      throw new RoomServerError(
        'M_UNAUTHORIZED',
        'the shared secret is wrong or missing: send "Authorization: Bearer …"',
      )
  })
  // Always JSON, whatever the caller calls it: there is nothing else to take it for.
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)))
    } catch (error) {
      done(new RoomServerError('M_BAD_JSON', `the body is no JSON: ${(error as Error).message}`))
    }
  })
  fastify.get(`${basePath}/health`, () => ({ ok: true }))
  fastify.get(`${basePath}/openapi.json`, () => openApiDocument())
  for (const name of Object.keys(operations) as OperationName[])
    fastify.post(pathOf(name), (request, reply) => answer(name, request, reply, options))
}

async function answer(
  name: OperationName,
  request: FastifyRequest,
  reply: FastifyReply,
  { api, timers, onError, onCall }: RoomServerRoutes,
): Promise<FastifyReply> {
  const begun = nodeRuntime.clock.monotonic()
  const told = (outcome: string) => onCall?.(name, outcome, nodeRuntime.clock.monotonic() - begun)
  try {
    const body = request.body ?? {}
    const schema = operations[name].request
    if (!fits(schema, body)) throw new RoomServerError('M_BAD_JSON', `${name}: ${misfit(schema, body)}`)
    const call = api[name] as (request: unknown, options: CallOptions) => Promise<unknown>
    const timeout = timeoutOf(request) - answerMargin
    const answered = await withDeadline(timers, timeout, signal => call(body, { signal, ...idempotencyOf(request) }))
    told('ok')
    return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(answered))
  } catch (error) {
    const refusal = toRoomServerError(error)
    told(refusal.errcode)
    if (!(error instanceof RoomServerError) && refusal.errcode === 'M_UNKNOWN') onError?.(error, name)
    return refuse(reply, refusal)
  }
}

function refuse(reply: FastifyReply, refusal: RoomServerError): FastifyReply {
  return reply
    .code(refusal.status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(refusal)))
}

/** What Fastify refuses before an operation is reached: no JSON, too large a body. */
function badRequest(error: unknown): RoomServerError {
  if (error instanceof RoomServerError) return error
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === 413) return new RoomServerError('M_TOO_LARGE', 'the request is too large')
  if (statusCode !== undefined && statusCode < 500) return new RoomServerError('M_BAD_JSON', message ?? 'not JSON')
  return toRoomServerError(error)
}

function timeoutOf(request: FastifyRequest): number {
  const said = request.headers[timeoutHeader]
  if (said === undefined) return defaultTimeout
  const milliseconds = Number(said)
  if (!Number.isInteger(milliseconds) || milliseconds <= answerMargin || milliseconds > maxTimeout)
    throw new RoomServerError(
      'M_INVALID_PARAM',
      `${timeoutHeader} is a whole number from ${answerMargin + 1} to ${maxTimeout}`,
    )
  return milliseconds
}

function idempotencyOf(request: FastifyRequest): CallOptions {
  const key = request.headers[idempotencyHeader]
  if (key === undefined) return {}
  if (typeof key !== 'string' || key.length === 0 || key.length > maxIdempotencyKey)
    throw new RoomServerError('M_INVALID_PARAM', `${idempotencyHeader} has 1 to ${maxIdempotencyKey} characters`)
  return { idempotencyKey: key }
}

/** Compares hashes, so that the time it takes says nothing of the secret or its length. */
function secretCheck(secret: string): (authorization: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const right = digest(`Bearer ${secret}`)
  return authorization => timingSafeEqual(digest(authorization ?? ''), right)
}
