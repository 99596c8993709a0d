/**
 * Made-up event IDs in the format of each room version: hashes of nothing, so that their order is arbitrary; in versions 1
 * and 2 also some whose order differs between code points and UTF-16 units.
 */
import type { EventId, RoomVersionRules } from '@neurite/protocol'
import type { Random } from './random.ts'

/** U+E000 to U+FFFF come after the surrogates of U+10000 and above as UTF-16 units, before them as code points. */
const oddStarts = ['\u{1F600}', '\uFF5E', '\uE000', '\u{10000}', '\uFFFD', 'é']

export function madeUpEventId(rules: RoomVersionRules, server: string, random: Random): EventId {
  const bytes = Buffer.from(Uint32Array.from({ length: 8 }, () => random.word()).buffer)
  if (rules.format.eventId === 'hash') return `$${bytes.toString('base64').slice(0, 43)}` as EventId
  if (rules.format.eventId === 'url-safe-hash') return `$${bytes.toString('base64url')}` as EventId
  // The server in the ID need not be the sender's.
  const named = random.percent(5) ? 'elsewhere.example' : server
  const start = random.percent(80) ? random.pick(oddStarts) : ''
  return `$${start}${bytes.toString('base64url').slice(0, 8)}:${named}` as EventId
}
