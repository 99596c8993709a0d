/** Devices and keys of users of this server. Server-server API, "Device Management", "End-to-End Encryption", "OpenID". */
import { belongsTo, isJsonObject, isUserId, type JsonValue, type ServerName } from '@neurite/protocol'
import { type Endpoint, objectOf, optionalObject, strings } from '../endpoint.ts'
import { badJson, FederationError, invalid, notFound } from '../errors.ts'

/** Users that one question may name. */
const maxUsers = 1_000
/** Devices of one user that a question may name. */
const maxDevices = 1_000

export const userDevices: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/user/devices/{userId}',
  async answer({ path }, { users, serverName }) {
    const userId = path['userId'] as string
    if (!isUserId(userId) || !belongsTo(userId, serverName)) throw invalid(`${userId} is no user of ${serverName}`)
    const devices = await users.devices(userId)
    if (devices === undefined) throw notFound(`there is no user ${userId}`)
    return { user_id: userId, ...devices }
  },
}

export const queryUserKeys: Endpoint = {
  method: 'POST',
  path: '/_matrix/federation/v1/user/keys/query',
  async answer(request, { users, serverName }) {
    const wanted = ofThisServer(objectOf(request)['device_keys'], 'device_keys', serverName)
    const entries = wanted.map(([userId, devices]) => [userId, strings(devices, userId, maxDevices)] as const)
    return { ...(await users.keys(Object.fromEntries(entries))) }
  },
}

export const claimUserKeys: Endpoint = {
  method: 'POST',
  path: '/_matrix/federation/v1/user/keys/claim',
  async answer(request, { users, serverName }) {
    const wanted = ofThisServer(objectOf(request)['one_time_keys'], 'one_time_keys', serverName)
    const entries = wanted.map(([userId, devices]) => [userId, algorithms(devices, userId)] as const)
    return { one_time_keys: await users.claimKeys(Object.fromEntries(entries)) }
  },
}

export const openIdUser: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/openid/userinfo',
  isPublic: true,
  async answer({ query }, { users }) {
    const token = query.get('access_token')
    if (token === null) throw new FederationError(401, 'M_MISSING_TOKEN', 'access_token is missing')
    const userId = await users.userOfOpenIdToken(token)
    if (userId === undefined) throw new FederationError(401, 'M_UNKNOWN_TOKEN', 'the token is not known, or too old')
    return { sub: userId }
  },
}

/** What is asked of users of this server; of others nothing is answered. */
function ofThisServer(
  value: JsonValue | undefined,
  name: string,
  serverName: ServerName,
): [string, JsonValue | undefined][] {
  if (!isJsonObject(value)) throw badJson(`${name} must be an object`)
  const entries = Object.entries(value)
  if (entries.length > maxUsers) throw badJson(`${name} must name at most ${maxUsers} users`)
  return entries.filter(([userId]) => isUserId(userId) && belongsTo(userId, serverName))
}

function algorithms(devices: JsonValue | undefined, userId: string): Record<string, string> {
  const entries = Object.entries(optionalObject(devices, userId))
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
