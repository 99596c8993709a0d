/**
 * Other servers about themselves and what they vouch for: version, keys, users of OpenID tokens, events that a policy server lets pass.
 * Server-server API, "Server discovery", "Retrieving server keys", "OpenID", "Policy Servers".
 */
import { isUserId, type JsonObject, type ServerName, serverNameOf, type UserId } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import { limits, MalformedAnswer } from '../transport/index.ts'
import type { Caller } from './caller.ts'
import type { JsonEndpoint } from './endpoint.ts'
import { bodyOf, jsonObject } from './event-text.ts'

const maybeText = Type.Optional(Type.String())

const version = {
  name: 'GET /version',
  method: 'GET',
  path: '/_matrix/federation/v1/version',
  limits: limits.small,
  isPublic: true,
  answer: Type.Object({ server: Type.Optional(Type.Object({ name: maybeText, version: maybeText })) }),
} as const satisfies JsonEndpoint

const serverKeys = {
  name: 'GET /_matrix/key/v2/server',
  method: 'GET',
  path: '/_matrix/key/v2/server',
  limits: limits.serverKeys,
  isPublic: true,
  answer: jsonObject,
} as const satisfies JsonEndpoint

const queryKeysAnswer = Type.Object({ server_keys: Type.Union([Type.Array(jsonObject), Type.Null()]) })

const queryKeys = {
  name: 'POST /_matrix/key/v2/query',
  method: 'POST',
  path: '/_matrix/key/v2/query',
  limits: limits.notaryAnswer,
  isPublic: true,
  answer: queryKeysAnswer,
} as const satisfies JsonEndpoint

const queryKeysOf = {
  name: 'GET /_matrix/key/v2/query',
  method: 'GET',
  path: '/_matrix/key/v2/query/{serverName}',
  limits: serverKeys.limits,
  isPublic: true,
  answer: queryKeysAnswer,
} as const satisfies JsonEndpoint

const openIdUser = {
  name: 'GET /openid/userinfo',
  method: 'GET',
  path: '/_matrix/federation/v1/openid/userinfo',
  limits: limits.small,
  isPublic: true,
  answer: Type.Object({ sub: Type.String() }),
} as const satisfies JsonEndpoint

const policySign = {
  name: 'POST /_matrix/policy/v1/sign',
  method: 'POST',
  path: '/_matrix/policy/v1/sign',
  limits: limits.small,
  answer: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())),
} as const satisfies JsonEndpoint

/** The one ID of a policy server's key. */
const policyKeyId = 'ed25519:policy_server'

export type VersionAnswer = NonNullable<Static<typeof version.answer>['server']>

/** Servers, their keys, and until when each should be valid (milliseconds since 1970). No keys stand for all of a server. */
export type WantedKeys = Readonly<
  Record<string, Readonly<Record<string, { readonly minimum_valid_until_ts?: number }>>>
>

export class ServerInformationRequests {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /** `GET /version`. */
  async version(server: ServerName, signal?: AbortSignal): Promise<VersionAnswer> {
    return (await this.#caller.json(server, version, {}, signal)).server ?? {}
  }

  /** `GET /_matrix/key/v2/server`: its keys, signed by itself; nothing of it is checked. */
  serverKeys(server: ServerName, signal?: AbortSignal): Promise<JsonObject> {
    return this.#caller.json(server, serverKeys, {}, signal)
  }

  /** `POST /_matrix/key/v2/query`: keys of others, by a notary; nothing of it is checked. */
  async queryKeys(notary: ServerName, wanted: WantedKeys, signal?: AbortSignal): Promise<readonly JsonObject[]> {
    const call = { body: bodyOf({ server_keys: wanted }) }
    return (await this.#caller.json(notary, queryKeys, call, signal)).server_keys ?? []
  }

  /** `GET /_matrix/key/v2/query/{serverName}`: the same of one server. @param minimumValidUntil milliseconds since 1970 */
  async queryKeysOf(
    notary: ServerName,
    server: ServerName,
    minimumValidUntil?: number,
    signal?: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const call = { path: { serverName: server }, query: { minimum_valid_until_ts: minimumValidUntil } }
    return (await this.#caller.json(notary, queryKeysOf, call, signal)).server_keys ?? []
  }

  /**
   * `GET /openid/userinfo`: whose token it is.
   * @throws {RequestRefused} where it is none; {MalformedAnswer} where the user is another server's
   */
  async openIdUser(server: ServerName, accessToken: string, signal?: AbortSignal): Promise<UserId> {
    const { sub } = await this.#caller.json(server, openIdUser, { query: { access_token: accessToken } }, signal)
    if (!isUserId(sub) || serverNameOf(sub) !== server)
      throw new MalformedAnswer(server, openIdUser.name, `${sub} is no user of it`)
    return sub
  }

  /**
   * `POST /_matrix/policy/v1/sign`: asks a policy server for its signature.
   * @param event in the form of its room version
   * @returns the signature by its one key, in base64, unchecked; undefined where it has not signed
   * @throws {RequestRefused} among others with M_FORBIDDEN, where it does not want the event
   */
  async policySign(server: ServerName, event: JsonObject, signal?: AbortSignal): Promise<string | undefined> {
    const answer = await this.#caller.json(server, policySign, { body: bodyOf(event) }, signal)
    return answer[server]?.[policyKeyId]
  }
}
