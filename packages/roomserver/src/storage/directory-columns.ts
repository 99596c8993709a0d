/**
 * The values of changes that are no commit, in the order in which their statements take them, in both back ends.
 */
import type { DirectoryChange } from './directory-change.ts'

/** Outputs are numbered where they are written, and stand apart. */
export type RowChange = Exclude<DirectoryChange, { readonly kind: 'output' }>
export type RowChangeKind = RowChange['kind']

const alias = ['alias', 'roomId', 'creator', 'createdAt'] as const
const published = ['network', 'roomId', 'appservice'] as const
const invite = [
  ...(['roomId', 'user', 'kind', 'eventId', 'sender'] as const),
  ...(['roomVersion', 'pdu', 'state', 'receivedAt'] as const),
] as const
const peek = ['roomId', 'user', 'device'] as const
const inboundPeek = ['roomId', 'server', 'peekId', 'renewalInterval', 'renewedAt'] as const

const columns = {
  'put-alias': alias,
  'remove-alias': ['alias'],
  publish: published,
  unpublish: published,
  'put-invite': invite,
  'end-invite': ['roomId', 'user'],
  forget: ['user', 'roomId'],
  remember: ['user', 'roomId'],
  'block-room': ['roomId', 'by', 'reason', 'at'],
  'unblock-room': ['roomId'],
  'add-report': ['roomId', 'eventId', 'reporter', 'reason', 'score', 'at'],
  'remove-report': ['id'],
  'put-peek': peek,
  'remove-peek': peek,
  'put-inbound-peek': inboundPeek,
  'remove-inbound-peek': ['roomId', 'server', 'peekId'],
  'put-partial-join': ['roomId', 'eventId', 'via', 'servers', 'joinedAt'],
  'end-partial-join': ['roomId', 'eventId'],
} as const satisfies Readonly<Record<RowChangeKind, readonly string[]>>

/** All others are text. */
const numbers: ReadonlySet<string> = new Set([
  ...['createdAt', 'receivedAt', 'at', 'renewedAt', 'joinedAt'],
  ...['renewalInterval', 'score', 'id'],
])

export const rowChangeKinds = Object.keys(columns) as readonly RowChangeKind[]

/** Which of the columns of a kind of change are numbers, in order. */
export function areNumbers(kind: RowChangeKind): readonly boolean[] {
  return columns[kind].map(column => numbers.has(column))
}

export function valuesOf(change: RowChange): (string | number | undefined)[] {
  const row: object = change.kind === 'put-invite' ? change.invite : change
  return columns[change.kind].map(column => (row as Record<string, string | number | undefined>)[column])
}
