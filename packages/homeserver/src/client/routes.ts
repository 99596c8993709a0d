/**
 * The endpoints as routes: a plugin for Fastify, so that it may stand beside other heads on one port. Client-server API, "API
 * Standards" and "Web Browser Clients".
 */
import { fits, misfit } from '@neurite/roomserver/inthttp'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { authenticate } from './authenticate.ts'
import type { ClientContext } from './context.ts'
import { type BytesAnswer, type Call, type Endpoint, type Method, nameOf, type RequestFacts } from './endpoint.ts'
import { ClientError, errorAnswer } from './errors.ts'
import { checkBody, parseBody } from './request-body.ts'
import { readQuery } from './request-query.ts'
import { InteractiveChallenge } from './user-interactive/authenticate-user.ts'

export interface ClientRoutes {
  readonly context: ClientContext
  readonly endpoints: readonly Endpoint[]
  /** Told of what is unexpected; the caller gets no more than `M_UNKNOWN`. */
  readonly onError: (error: unknown, endpoint: string) => void
  /** Told of every request to an endpoint once it is answered. Milliseconds. */
  readonly onAnswer?: ((endpoint: Endpoint, status: number, duration: number) => void) | undefined
  /** Answers are held against their schemas too: for tests, since it takes time. */
  readonly checkAnswers?: boolean | undefined
}

/** JSON bodies, unless an endpoint says otherwise: an event has 64 KiB, a list of keys some hundred. */
const maxBody = 1024 * 1024

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': 'X-Requested-With, Content-Type, Authorization',
}

/** Whatever is below these and no endpoint is `M_UNRECOGNIZED`. */
const ground = ['/_matrix/*', '/_synapse/*', '/.well-known/matrix/*']

const methods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'] as const

/** The routes while they are served. */
interface OpenRoutes extends ClientRoutes {
  /** Aborted when the server stops: whoever waits is answered then. */
  readonly closing: AbortSignal
}

export async function clientRoutes(fastify: FastifyInstance, given: ClientRoutes): Promise<void> {
  const closing = new AbortController()
  const routes: OpenRoutes = { ...given, closing: closing.signal }
  fastify.addHook('preClose', async () => closing.abort())
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(corsHeaders)
    if (request.method === 'OPTIONS') await reply.code(204).send()
  })
  fastify.setErrorHandler((error, request, reply) => refuse(reply, requestError(error), routes, request.url))
  await fastify.register(jsonRoutes, routes)
  await fastify.register(bytesRoutes, routes)
}

function jsonRoutes(fastify: FastifyInstance, routes: OpenRoutes, done: () => void): void {
  const { endpoints } = routes
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  for (const endpoint of endpoints) if (endpoint.body !== 'bytes') addRoutes(fastify, endpoint, routes)
  refuseOtherMethods(fastify, endpoints)
  for (const url of ground)
    fastify.all(url, () => {
      throw new ClientError('M_UNRECOGNIZED', 'there is no such endpoint')
    })
  done()
}

function bytesRoutes(fastify: FastifyInstance, routes: OpenRoutes, done: () => void): void {
  fastify.removeAllContentTypeParsers()
  // The endpoint reads it, as far as it wants to.
  fastify.addContentTypeParser('*', (_, payload, done) => done(null, payload))
  for (const endpoint of routes.endpoints) if (endpoint.body === 'bytes') addRoutes(fastify, endpoint, routes)
  done()
}

/** `{userId}` → `:userId` */
function urlOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function addRoutes(fastify: FastifyInstance, endpoint: Endpoint, routes: OpenRoutes): void {
  for (const prefix of endpoint.at)
    fastify.route({
      method: endpoint.method,
      url: urlOf(prefix + endpoint.path),
      bodyLimit: endpoint.maxBody ?? maxBody,
      handler: (request, reply) => answer(endpoint, request, reply, routes),
    })
}

/** A path that is known, by a method that it does not have: 405. */
function refuseOtherMethods(fastify: FastifyInstance, endpoints: readonly Endpoint[]): void {
  const known = new Map<string, Set<string>>()
  for (const { at, path, method } of endpoints)
    for (const prefix of at) {
      const url = urlOf(prefix + path)
      known.set(url, (known.get(url) ?? new Set()).add(method))
    }
  for (const [url, there] of known)
    fastify.route({
      method: methods.filter(method => !there.has(method)),
      url,
      handler: () => {
        throw new ClientError('M_UNRECOGNIZED', 'this endpoint has no such method', {
          status: 405,
          headers: { allow: [...there, 'OPTIONS'].join(', ') },
        })
      },
    })
}

async function answer(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  routes: OpenRoutes,
): Promise<FastifyReply> {
  const { onAnswer, checkAnswers } = routes
  reply.raw.once('close', () => onAnswer?.(endpoint, reply.statusCode, reply.elapsedTime))
  try {
    const answered = await endpoint.answer(await checkedCall(endpoint, request, reply, routes))
    if (endpoint.response === 'bytes') return sendBytes(reply, answered as BytesAnswer)
    if (checkAnswers === true) checkAnswer(endpoint, endpoint.response, answered)
    return sendJson(reply, 200, answered)
  } catch (error) {
    return refuse(reply, error, routes, nameOf(endpoint))
  }
}

/** All that has to be right before an endpoint sees a request. */
async function checkedCall(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  { context, closing }: OpenRoutes,
): Promise<Parameters<Endpoint['answer']>[0]> {
  const query = request.query as Readonly<Record<string, unknown>>
  const credentials = credentialsOf(request.headers.authorization, query)
  const caller = await authenticate(context, endpoint, credentials)
  if (caller?.service?.rateLimited !== false)
    context.rateLimits.count(endpoint.limit ?? 'request', caller?.userId ?? request.ip)
  if (caller !== undefined) context.lastSeen.note(caller, request.ip)
  const call: Call<string, 'optional', TSchema, TSchema> = {
    context,
    caller,
    parameters: request.params,
    query: endpoint.query === undefined ? {} : readQuery(endpoint.query, query),
    body: bodyOf(endpoint, request),
    request: factsOf(request, reply, credentials, closing),
  }
  return call as Parameters<Endpoint['answer']>[0]
}

function credentialsOf(
  authorization: string | undefined,
  query: Readonly<Record<string, unknown>>,
): RequestFacts['credentials'] {
  const text = (key: string) => (typeof query[key] === 'string' ? query[key] : undefined)
  const asserted = { userId: text('user_id'), deviceId: text('device_id') }
  return { authorization, accessToken: text('access_token'), asserted }
}

function bodyOf({ body: schema }: Endpoint, { body, raw }: FastifyRequest): unknown {
  if (schema === undefined) return undefined
  // Without a content type and a length there may be no body at all, and no parser was asked.
  if (schema === 'bytes') return body ?? raw
  const value = body === undefined ? {} : (parseBody(body as Buffer) ?? {})
  checkBody(schema, value)
  return value
}

function factsOf(
  request: FastifyRequest,
  reply: FastifyReply,
  credentials: RequestFacts['credentials'],
  closing: AbortSignal,
): RequestFacts {
  const { headers, url, ip, method } = request
  const length = headers['content-length']
  let signal: AbortSignal | undefined
  return {
    method: method as Method,
    path: url.split('?', 1)[0] as string,
    ip,
    credentials,
    contentType: headers['content-type'],
    contentLength: length === undefined ? undefined : Number(length),
    // Most endpoints never ask for it, and a signal costs more than many an answer.
    get signal() {
      signal ??= signalOf(reply, closing)
      return signal
    },
  }
}

function signalOf({ raw }: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController()
  if (raw.closed) gone.abort()
  else raw.once('close', () => gone.abort())
  return AbortSignal.any([gone.signal, closing])
}

function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  // As bytes: to text Fastify adds a charset, which the specification's `application/json` has not, and some clients do not expect.
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(body)))
}

function sendBytes(reply: FastifyReply, { headers, size, open }: BytesAnswer): FastifyReply {
  return reply.code(200).headers(headers).header('content-length', size).send(open())
}

function checkAnswer(endpoint: Endpoint, schema: TSchema, answered: unknown): void {
  if (!fits(schema, answered)) throw new Error(`the answer of ${nameOf(endpoint)}: ${misfit(schema, answered)}`)
}

function refuse(reply: FastifyReply, error: unknown, { onError }: ClientRoutes, endpoint: string): FastifyReply {
  if (error instanceof InteractiveChallenge) return sendJson(reply, 401, error.body)
  const { status, headers, body, isUnexpected } = errorAnswer(error)
  if (isUnexpected) onError(error, endpoint)
  return sendJson(reply.headers(headers), status, body)
}

/** What Fastify refuses before an endpoint is reached. */
function requestError(error: unknown): unknown {
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (error instanceof ClientError || statusCode === undefined || statusCode >= 500) return error
  if (statusCode === 413) return new ClientError('M_TOO_LARGE', 'the request is too large')
  return new ClientError('M_UNKNOWN', message ?? 'the request makes no sense', { status: statusCode })
}
