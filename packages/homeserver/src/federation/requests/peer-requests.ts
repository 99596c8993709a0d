/**
 * The federation client as the room server's handshakes see it: the same requests, and a clear no as a `RemoteRefusal`.
 */
import { isRoomId, isServerName, type RoomId, type ServerName } from '@neurite/protocol'
import { type PeerRequests, RemoteRefusal } from '@neurite/roomserver'
import { MalformedAnswer, RequestRefused } from '../transport/index.ts'
import type { FederationClient } from './federation-client.ts'

type Client = Pick<FederationClient, 'membership' | 'invites' | 'directory' | 'events'>

export function peerRequests({ membership, invites, directory, events }: Client): PeerRequests {
  return {
    make: (server, wanted, roomId, userId, versions) => {
      if (wanted === 'leave') return orRefusal(membership.makeLeave(server, roomId, userId))
      if (wanted === 'knock') return orRefusal(membership.makeKnock(server, roomId, userId, versions))
      return orRefusal(membership.makeJoin(server, roomId, userId, versions))
    },
    sendJoin: (server, event, omitMembers) => orRefusal(membership.sendJoin(server, event, omitMembers)),
    sendLeave: (server, event) => orRefusal(membership.sendLeave(server, event)),
    sendKnock: (server, event) => orRefusal(membership.sendKnock(server, event)),
    invite: (server, invite) => orRefusal(invites.invite(server, invite)),
    complexity: (server, roomId) => orUndefined(directory.complexity(server, roomId)),
    resolveAlias: (server, alias) => resolveAlias(server, alias, directory),
    backfill: (server, roomId, from, limit) => events.backfill(server, roomId, from, limit),
  }
}

async function resolveAlias(server: ServerName, alias: string, directory: Client['directory']) {
  try {
    const { room_id: roomId, servers } = await directory.queryDirectory(server, alias)
    if (!isRoomId(roomId)) throw new MalformedAnswer(server, 'GET /query/directory', `${roomId} is no room ID`)
    return { roomId: roomId as RoomId, servers: servers.filter(isServerName) }
  } catch (error) {
    if (error instanceof RequestRefused && error.status === 404) return undefined
    throw asRefusal(error)
  }
}

/** The endpoint is none of the specification's: a server that says no may just not have it. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RequestRefused) return undefined
    throw error
  }
}

async function orRefusal<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw asRefusal(error)
  }
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof RequestRefused)) return error
  const { server, message, status, errcode, reason, body } = error
  const version = body['room_version']
  const roomVersion = typeof version === 'string' ? version : undefined
  return new RemoteRefusal(server, { message, status, errcode, reason, roomVersion }, { cause: error })
}
