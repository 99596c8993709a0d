/** A space and its children, as far as the other server may see them. Server-server API, "Spaces". */
import type { ResponseFrom } from '@neurite/roomserver/api'
import type { Endpoint } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { hierarchyJson } from './room-summary.ts'

/** Children that are given out; the other server walks on by itself. */
const maxChildren = 1_000

type Entry = ResponseFrom<'queryRoomHierarchy'>['rooms'][number]

export const hierarchy: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/hierarchy/{roomId}',
  async answer({ origin, path, query }, { api }) {
    const { rooms, inaccessible } = await api.queryRoomHierarchy({
      ...{ roomId: path['roomId'] as string, server: origin, maxDepth: 1, limit: maxChildren },
      suggestedOnly: query.get('suggested_only') === 'true',
    })
    const [parent, ...children] = rooms
    if (parent === undefined) throw notFound(`${origin} may not see room ${path['roomId']}`)
    return { room: entryJson(parent), children: children.map(entryJson), inaccessible_children: inaccessible }
  },
}

function entryJson({ room, children }: Entry) {
  return {
    ...hierarchyJson(room),
    children_state: children.map(({ stateKey, sender, originServerTs, content }) => ({
      ...{ type: 'm.space.child', state_key: stateKey, sender, content },
      origin_server_ts: originServerTs,
    })),
  }
}
