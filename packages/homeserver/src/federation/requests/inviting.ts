/** Inviting users of other servers. Server-server API, "Inviting to a room", "Third-party invites". */
import { canonicalJson, isJsonObject, type JsonObject, rulesOf, type ServerName } from '@neurite/protocol'
import { Type } from 'typebox'
import { limits, MalformedAnswer, RequestFailed, RequestRefused } from '../transport/index.ts'
import type { Caller } from './caller.ts'
import type { JsonEndpoint, ListEndpoint } from './endpoint.ts'
import { anyJson, bodyOf, jsonObject, objectText } from './event-text.ts'
import type { SignedEvent } from './membership.ts'

const inviteV2: ListEndpoint = {
  name: 'PUT /invite',
  method: 'PUT',
  path: '/_matrix/federation/v2/invite/{roomId}/{eventId}',
  limits: limits.small,
  lists: {},
  values: ['event'],
}

/** Answers `[200, {event}]`. */
const inviteV1 = {
  name: 'PUT /invite (version 1)',
  method: 'PUT',
  path: '/_matrix/federation/v1/invite/{roomId}/{eventId}',
  limits: limits.small,
  answer: Type.Array(anyJson, { minItems: 2, maxItems: 2 }),
} as const satisfies JsonEndpoint

const exchangeThirdPartyInvite = {
  name: 'PUT /exchange_third_party_invite',
  method: 'PUT',
  path: '/_matrix/federation/v1/exchange_third_party_invite/{roomId}',
  limits: limits.small,
  answer: jsonObject,
} as const satisfies JsonEndpoint

export interface Invite extends SignedEvent {
  readonly roomVersion: string
  /** State that says which room it is: whole events, the create event among them. */
  readonly roomState: readonly JsonObject[]
}

export class InviteRequests {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /**
   * `PUT /invite`, version 2; version 1 where the server does not know that, and the room is of a version that is as old.
   * @returns the event with the invited server's signature, JSON text: still to be checked
   * @throws {RequestRefused} among others with M_FORBIDDEN
   */
  async invite(server: ServerName, invite: Invite, signal?: AbortSignal): Promise<string> {
    try {
      return await this.#inviteV2(server, invite, signal)
    } catch (error) {
      const { format } = rulesOf(invite.roomVersion)
      if (format.eventId === 'field' && isOfAnOlderServer(error)) return await this.#inviteV1(server, invite, signal)
      throw error
    }
  }

  /**
   * `PUT /exchange_third_party_invite`: asks a server of the room to invite one of our users who has been invited by an address.
   * @param event a partial member event, as the specification has it
   */
  async exchangeThirdPartyInvite(
    server: ServerName,
    roomId: string,
    event: JsonObject,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#caller.json(server, exchangeThirdPartyInvite, { path: { roomId }, body: bodyOf(event) }, signal)
  }

  async #inviteV2(server: ServerName, invite: Invite, signal: AbortSignal | undefined): Promise<string> {
    const { roomId, eventId, event, roomVersion, roomState } = invite
    const body = bodyOf({ room_version: roomVersion, event, invite_room_state: roomState })
    const call = { path: { roomId, eventId }, body }
    const values = await this.#caller.lists(server, inviteV2, call, () => undefined, signal)
    const signed = objectText(values, 'event', server, inviteV2.name)
    if (signed === undefined) throw new MalformedAnswer(server, inviteV2.name, 'it has no event')
    return signed
  }

  async #inviteV1(server: ServerName, invite: Invite, signal: AbortSignal | undefined): Promise<string> {
    const { roomId, eventId, event, roomState } = invite
    const unsigned = isJsonObject(event['unsigned']) ? event['unsigned'] : {}
    const body = bodyOf({ ...event, unsigned: { ...unsigned, invite_room_state: roomState } })
    const [, answer] = await this.#caller.json(server, inviteV1, { path: { roomId, eventId }, body }, signal)
    const signed = isJsonObject(answer) ? answer['event'] : undefined
    if (!isJsonObject(signed)) throw new MalformedAnswer(server, inviteV1.name, 'it has no event')
    return canonicalJson(signed)
  }
}

/** 400 and 404, in whatever form: pages of old servers are no Matrix errors. */
function isOfAnOlderServer(error: unknown): boolean {
  if (!(error instanceof RequestRefused || error instanceof RequestFailed)) return false
  return error.status === 400 || error.status === 404
}
