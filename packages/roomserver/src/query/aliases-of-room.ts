/**
 * The local aliases of a room.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'

/** Aliases read at once. */
const pageAliases = 500

export async function aliasesOfRoom(
  request: RequestTo<'queryAliasesOfRoom'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryAliasesOfRoom'>> {
  const aliases: string[] = []
  for (let after = ''; ; ) {
    const page = await context.reader.aliasesOfRoom(request.roomId, after, pageAliases)
    aliases.push(...page.map(({ alias }) => alias))
    if (page.length < pageAliases) return { aliases }
    after = page.at(-1)?.alias as string
  }
}
