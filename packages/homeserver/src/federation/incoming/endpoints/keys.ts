/**
 * Our keys, and those of others by our word. Server-server API, "Publishing Keys", "Querying Keys Through Another Server".
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@neurite/protocol'
import type { NotaryQuery } from '../../keys/index.ts'
import { type Endpoint, objectOf, optionalObject, wholeNumber } from '../endpoint.ts'
import { badJson } from '../errors.ts'

/** Servers that one question may be about. */
const maxServers = 1_000

const publish: Endpoint['answer'] = (_, { ownKeys }) => ownKeys.published()

export const serverKeys: Endpoint = { method: 'GET', path: '/_matrix/key/v2/server', isPublic: true, answer: publish }

/** As older servers ask: the ID of the key makes no difference. */
export const serverKeyById: Endpoint = {
  method: 'GET',
  path: '/_matrix/key/v2/server/{keyId}',
  isPublic: true,
  answer: publish,
}

export const queryKeysOfServer: Endpoint = {
  method: 'GET',
  path: '/_matrix/key/v2/query/{serverName}',
  isPublic: true,
  answer({ path, query }, { notary }) {
    const until = wholeNumber(query.get('minimum_valid_until_ts'), 'minimum_valid_until_ts')
    // No key is named, so that any that was valid then will do.
    const keys = new Map(until === undefined ? [] : [['', until] as const])
    return notary.answer(new Map([[path['serverName'] as string, keys]]))
  },
}

export const queryKeysOfServers: Endpoint = {
  method: 'POST',
  path: '/_matrix/key/v2/query',
  isPublic: true,
  answer(request, { notary }) {
    const { server_keys: servers } = objectOf(request)
    if (!isJsonObject(servers)) throw badJson('server_keys must be an object')
    const names = Object.entries(servers)
    if (names.length > maxServers) throw badJson(`server_keys must name at most ${maxServers} servers`)
    const query: NotaryQuery = new Map(names.map(([server, keys]) => [server, criteria(keys)]))
    return notary.answer(query)
  },
}

function criteria(keys: JsonValue | undefined): Map<string, number | undefined> {
  const wanted: JsonObject = optionalObject(keys, 'the keys of a server')
  return new Map(
    Object.entries(wanted).map(([keyId, criterion]) => {
      const until = isJsonObject(criterion) ? criterion['minimum_valid_until_ts'] : undefined
      return [keyId, typeof until === 'number' ? until : undefined]
    }),
  )
}
