/**
 * Where a room is found leads to the room that replaced it. Client-server API, "Room Upgrades", "Server behaviour".
 */
import type { AliasRow, DirectoryChange } from '../storage/index.ts'
import type { PerformContext } from './context.ts'

/** Aliases moved at once. */
const pageAliases = 100

/** Moves the local aliases and the place in the list of published rooms: all, or where a crash comes between, page by page. */
export async function moveDirectory(from: string, to: string, { storage }: PerformContext): Promise<void> {
  const { reader } = storage
  if (await reader.isPublished(from, '', ''))
    await storage.change([
      { kind: 'unpublish', roomId: from, network: '', appservice: '' },
      { kind: 'publish', roomId: to, network: '', appservice: '' },
    ])
  for (let page = await reader.aliasesOfRoom(from, '', pageAliases); page.length > 0; ) {
    await storage.change(page.flatMap(row => moved(row, to)))
    page = page.length < pageAliases ? [] : await reader.aliasesOfRoom(from, '', pageAliases)
  }
}

function moved(row: AliasRow, roomId: string): DirectoryChange[] {
  const { alias } = row
  return [
    { kind: 'remove-alias', alias },
    { kind: 'put-alias', ...row, roomId },
  ]
}
