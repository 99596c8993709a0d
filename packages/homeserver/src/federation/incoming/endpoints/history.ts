/** History of a room, and what is missing of it. Server-server API, "Backfilling and retrieving missing events". */
import { type Endpoint, jsonText, listOf, objectOf, required, strings, wholeNumber } from '../endpoint.ts'
import { badJson, missing } from '../errors.ts'

/** The most events that are given out at once, whatever is asked for. */
const maxEvents = 100
/** `limit` of `/get_missing_events`, where it is left out. */
const defaultMissing = 10
/** Event IDs that one question may name. */
const maxNamed = 100

export const backfill: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/backfill/{roomId}',
  async answer(request, { api, serverName, runtime }) {
    const { origin, path, query } = request
    const limit = wholeNumber(required(request, 'limit'), 'limit') as number
    const eventIds = query.getAll('v').slice(0, maxNamed)
    if (eventIds.length === 0) throw missing('v')
    const { events } = await api.queryBackfill({
      ...{ roomId: path['roomId'] as string, server: origin, eventIds },
      limit: Math.max(0, Math.min(limit, maxEvents)),
    })
    return jsonText({
      origin: JSON.stringify(serverName),
      origin_server_ts: String(runtime.clock.now()),
      pdus: listOf(events),
    })
  },
}

export const missingEvents: Endpoint = {
  method: 'POST',
  path: '/_matrix/federation/v1/get_missing_events/{roomId}',
  async answer(request, { api }) {
    const { origin, path } = request
    const body = objectOf(request)
    const { limit = defaultMissing, min_depth: minDepth = 0 } = body
    if (typeof limit !== 'number' || !Number.isSafeInteger(limit)) throw badJson('limit must be a whole number')
    if (typeof minDepth !== 'number' || !Number.isSafeInteger(minDepth))
      throw badJson('min_depth must be a whole number')
    const { events } = await api.queryMissingEvents({
      ...{ roomId: path['roomId'] as string, server: origin, minDepth },
      earliestEvents: strings(body['earliest_events'], 'earliest_events', maxNamed),
      latestEvents: strings(body['latest_events'], 'latest_events', maxNamed),
      limit: Math.max(0, Math.min(limit, maxEvents)),
    })
    return jsonText({ events: listOf(events) })
  },
}
