/**
 * The servers that a client names along with a room.
 */
import { isServerName } from '@neurite/protocol'

/** As many as the room server takes; a client that names more gets the first asked. */
const maxVia = 50

/** @returns nothing where none is named, ready to be spread into a request */
export function viaOf(query: { readonly via?: string[]; readonly server_name?: string[] }): { via?: string[] } {
  const named = [...new Set([...(query.via ?? []), ...(query.server_name ?? [])])]
  const via = named.filter(isServerName).slice(0, maxVia)
  return via.length === 0 ? {} : { via }
}
