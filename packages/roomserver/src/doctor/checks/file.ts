/**
 * The database's own check of its file: pages, indexes against tables.
 */
import type { DatabaseCheck } from '../check.ts'

const maxSentences = 100

export const file: DatabaseCheck = {
  id: 'file',
  of: 'database',
  why: 'a damaged page or index shows other rows than were written',
  async *run({ inventory }) {
    for (const sentence of (await inventory?.faultsOfFile(maxSentences)) ?? []) yield { message: sentence }
  },
}
