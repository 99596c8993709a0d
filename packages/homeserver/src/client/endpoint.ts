/**
 * What an endpoint of the client-server API is: data, and a function that answers. Routes, checks, and the list of what is there
 * (endpoints.ts) are derived from it. One file an endpoint, named after it, in folders by the specification's chapters.
 *
 * ```ts
 * export const whoami = endpoint(
 *   { method: 'GET', at: v3, path: '/account/whoami', access: 'user', response: Type.Object({ user_id: Type.String() }) },
 *   ({ caller }) => ({ user_id: caller.userId }),
 * )
 * ```
 */
import type { Readable } from 'node:stream'
import type { Static, TSchema } from 'typebox'
import type { Caller, Credentials } from './authenticate.ts'
import type { ClientContext } from './context.ts'

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** Where most endpoints are; `r0` is how older clients call the same. */
export const v3 = ['/_matrix/client/v3', '/_matrix/client/r0'] as const
/** Endpoints that came with their own version 1. */
export const v1 = ['/_matrix/client/v1'] as const
/** Media, before downloads needed a token: uploads are there still. */
export const mediaV3 = ['/_matrix/media/v3', '/_matrix/media/r0', '/_matrix/media/v1'] as const
export const mediaV1 = ['/_matrix/media/v1'] as const
export const unversioned = ['/_matrix/client'] as const
export const wellKnown = ['/.well-known/matrix'] as const
/** Synapse's, which scripts and tests know. */
export const synapseAdmin = ['/_synapse/admin/v1'] as const

/**
 * Who may call:
 * - `anyone`: no token is looked at.
 * - `optional`: with a token or without; one that is wrong is refused.
 * - `user`: with a token.
 * - `admin`: with the token of an administrator of this server.
 */
export type Access = 'anyone' | 'optional' | 'user' | 'admin'

/** Which limit of requests per caller counts. */
export type LimitKind = 'request' | 'login' | 'registration' | 'media'

/** A body or an answer that is no JSON. */
export type Bytes = 'bytes'

/** The names in braces of a path. */
export type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [N in Name]: string } & ParametersOf<Rest>
  : unknown

export interface EndpointData<
  Path extends string = string,
  A extends Access = Access,
  Query extends TSchema = TSchema,
  Body extends TSchema | Bytes = TSchema | Bytes,
  Response extends TSchema | Bytes = TSchema | Bytes,
> {
  readonly method: Method
  /** What stands before the path: each of them works. */
  readonly at: readonly string[]
  /** With parameters in braces, as in the specification. */
  readonly path: Path
  readonly access: A
  readonly query?: Query
  /** Absent: the endpoint takes none, and whatever comes is not looked at. */
  readonly body?: Body
  readonly response: Response
  /** `request` if absent. */
  readonly limit?: LimitKind
  /** Bytes of a JSON body, where the usual bound does not fit. */
  readonly maxBody?: number
  /** Locked accounts may call it too. "Account locking" */
  readonly whileLocked?: boolean
  /** Suspended accounts may not call it. "Account suspension" */
  readonly notWhileSuspended?: boolean
}

type CallerOf<A extends Access> = A extends 'anyone' ? undefined : A extends 'optional' ? Caller | undefined : Caller
// `Bytes` first: any value may be a schema.
type BodyOf<B> = B extends Bytes ? Readable : B extends TSchema ? Static<B> : undefined
type ResponseOf<R> = R extends Bytes ? BytesAnswer : R extends TSchema ? Static<R> : never

/** An answer that is no JSON. */
export interface BytesAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly size: number
  open(): Readable
}

/** A request, checked. */
export interface Call<Path extends string, A extends Access, Query, Body> {
  readonly context: ClientContext
  readonly caller: CallerOf<A>
  readonly parameters: ParametersOf<Path>
  readonly query: Query extends TSchema ? Static<Query> : unknown
  readonly body: BodyOf<Body>
  /** Of the request itself. */
  readonly request: RequestFacts
}

export interface RequestFacts {
  readonly method: Method
  /** The path as it was called, without the query. */
  readonly path: string
  readonly ip: string
  /** For endpoints that look at them in their own way. */
  readonly credentials: Credentials
  readonly contentType: string | undefined
  /** Bytes of the body, where the request says so. */
  readonly contentLength: number | undefined
  /** The caller has gone or has been answered, or the server stops. */
  readonly signal: AbortSignal
}

/** An endpoint as routes see it. */
export interface Endpoint extends EndpointData {
  answer(call: Call<string, Access, TSchema, TSchema | Bytes>): unknown
}

/**
 * @param answer what it resolves to is the response. Throws a {@link ClientError} where it refuses
 */
export function endpoint<
  const Path extends string,
  A extends Access,
  Response extends TSchema | Bytes,
  Query extends TSchema = never,
  Body extends TSchema | Bytes = never,
>(
  data: EndpointData<Path, A, Query, Body, Response>,
  answer: (
    call: Call<Path, A, [Query] extends [never] ? undefined : Query, [Body] extends [never] ? undefined : Body>,
  ) => ResponseOf<Response> | Promise<ResponseOf<Response>>,
): Endpoint {
  return { ...(data as unknown as EndpointData), answer: answer as unknown as Endpoint['answer'] }
}

/** How an endpoint is called in logs and metrics. */
export function nameOf({ method, at, path }: EndpointData): string {
  return `${method} ${at[0]}${path}`
}
