/**
 * The federation head as a plugin for Fastify: a route for each endpoint, with what holds for all of them around it: the body read without
 * losing digits, the sender verified, limits for each sender, errors as Matrix has them. Server-server API, "API standards", "Request
 * Authentication".
 */
import { JsonError, type JsonValue, parseJson, type ServerName } from '@neurite/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { verifyRequest } from '../requests/index.ts'
import type { IncomingContext, IncomingParts } from './context.ts'
import { type Answer, defaultBodyLimit, type Endpoint, JsonText } from './endpoint.ts'
import { endpoints } from './endpoints/index.ts'
import { FederationError, forbidden, refusalOf } from './errors.ts'
import { OriginLimits } from './origin-limits.ts'
import { Transactions } from './transactions/transactions.ts'

/** When a server that asks too much at once may come back. Milliseconds. */
const retryAfter = 1_000
const methods = ['GET', 'PUT', 'POST', 'DELETE'] as const

/** The plugin. Everything in it stays within it, so that other heads can stand beside it on one port. */
export function federationRoutes(parts: IncomingParts): (fastify: FastifyInstance) => Promise<void> {
  const context: IncomingContext = { ...parts, transactions: new Transactions() }
  const limits = new OriginLimits()
  return async fastify => {
    fastify.removeAllContentTypeParsers()
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
    fastify.setErrorHandler((error, request, reply) => refuse(error, request, reply, context))
    for (const endpoint of endpoints)
      fastify.route({
        method: endpoint.method,
        url: routeOf(endpoint.path),
        bodyLimit: endpoint.bodyLimit ?? defaultBodyLimit,
        handler: (request, reply) => handle(endpoint, request, reply, context, limits),
      })
    for (const [path, known] of Map.groupBy(endpoints, ({ path }) => path))
      fastify.route({
        method: methods.filter(method => !known.some(endpoint => endpoint.method === method)),
        url: routeOf(path),
        handler: () => {
          throw new FederationError(405, 'M_UNRECOGNIZED', 'this endpoint does not have that method')
        },
      })
    for (const prefix of ['/_matrix/federation/*', '/_matrix/key/*', '/_matrix/policy/*'])
      fastify.all(prefix, () => {
        throw new FederationError(404, 'M_UNRECOGNIZED', 'there is no such endpoint')
      })
  }
}

/** The template as the router has it. */
function routeOf(path: string): string {
  return path.replace(/\{([A-Za-z]+)\}/g, ':$1')
}

async function handle(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  context: IncomingContext,
  limits: OriginLimits,
): Promise<FastifyReply> {
  reply.raw.once('close', () => context.onAnswer?.(endpoint, reply.statusCode, reply.elapsedTime))
  const body = bodyOf(request)
  if (endpoint.isPublic) return answer(endpoint, request, reply, '' as ServerName, body, context)
  const origin = await senderOf(request, body, context)
  context.heardFrom(origin)
  const leave = await limits.enter(origin)
  if (leave === undefined)
    throw new FederationError(429, 'M_LIMIT_EXCEEDED', `${origin} asks too much at once`, {
      retry_after_ms: retryAfter,
    })
  try {
    return await answer(endpoint, request, reply, origin, body, context)
  } finally {
    leave()
  }
}

/** @throws {FederationError} `M_NOT_JSON` */
function bodyOf({ body }: FastifyRequest): JsonValue | undefined {
  if (!(body instanceof Uint8Array) || body.length === 0) return undefined
  try {
    return parseJson(body, { mode: 'lenient' })
  } catch (error) {
    if (error instanceof JsonError) throw new FederationError(400, 'M_NOT_JSON', error.message)
    throw error
  }
}

/** @throws {FederationError} 401 where nobody can be sure who asks; 403 where nothing is taken from that server */
async function senderOf(
  { method, raw }: FastifyRequest,
  content: JsonValue | undefined,
  context: IncomingContext,
): Promise<ServerName> {
  const { serverName, keyRing, runtime, crypto, refuses } = context
  const authorization = raw.headersDistinct['authorization'] ?? []
  const incoming = { method, uri: raw.url ?? '', authorization, content }
  const verdict = await verifyRequest(incoming, { serverName, keyRing, clock: runtime.clock, crypto })
  if (verdict.kind !== 'authentic') throw new FederationError(401, 'M_UNAUTHORIZED', verdict.reason)
  if (refuses?.(verdict.origin) === true) throw forbidden(`${serverName} does not talk to ${verdict.origin}`)
  return verdict.origin
}

async function answer(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  origin: ServerName,
  body: JsonValue | undefined,
  context: IncomingContext,
): Promise<FastifyReply> {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('the other server has gone away'))
  })
  const query = new URLSearchParams((request.raw.url ?? '').split('?')[1] ?? '')
  const path = request.params as Record<string, string>
  const answered = await endpoint.answer({ origin, path, query, body, signal: gone.signal }, context)
  return send(answered, reply)
}

function send(answered: Answer, reply: FastifyReply): FastifyReply {
  if (answered instanceof JsonText) return sendJson(answered.text, reply)
  if (isBytes(answered)) return reply.header('content-type', answered.bytes.contentType).send(answered.bytes.stream)
  return sendJson(JSON.stringify(answered), reply)
}

/** As bytes: to text Fastify adds a charset, which the specification's `application/json` has not. */
function sendJson(text: string, reply: FastifyReply): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(text))
}

function isBytes(answered: Answer): answered is Extract<Answer, { readonly bytes: unknown }> {
  return 'bytes' in answered && Object.keys(answered).length === 1
}

function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { onError }: IncomingContext,
): FastifyReply {
  const refusal = refusalOf(error)
  if (refusal === undefined) onError(error, `${request.method} ${request.routeOptions.url ?? request.url}`)
  const { status, body } = refusal ?? {
    status: 500,
    body: { errcode: 'M_UNKNOWN', error: 'something unexpected went wrong' },
  }
  return sendJson(JSON.stringify(body), reply.code(status))
}
