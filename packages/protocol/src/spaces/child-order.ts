/**
 * The children of a space: which of its events name one, and in which order. Client-server API, "Spaces", "m.space.child", "Ordering of
 * children within a space".
 */
import { codePointCompare } from '../canonical-json/index.ts'
import { isRoomId, isServerName, type ServerName } from '../identifiers/index.ts'

/** What of an `m.space.child` event matters here. */
export interface SpaceChild {
  /** The child's room ID. */
  readonly stateKey: string
  readonly originServerTs: number
  readonly content: Readonly<Record<string, unknown>>
}

/** `order` has at most 50 characters of ASCII. */
const orderForm = /^[\x20-\x7e]{1,50}$/

/** Without servers to ask it is no child: so children are taken out. */
export function isSpaceChild({ content, stateKey }: SpaceChild): boolean {
  return isRoomId(stateKey) && serversOfChild(content).length > 0
}

/** The servers that may know the child. */
export function serversOfChild({ via }: SpaceChild['content']): ServerName[] {
  return Array.isArray(via)
    ? via.filter((name): name is ServerName => typeof name === 'string' && isServerName(name))
    : []
}

/** By `order`, those without one last; then by time; then by room ID. */
export function compareSpaceChildren(a: SpaceChild, b: SpaceChild): number {
  const [ofA, ofB] = [orderOf(a), orderOf(b)]
  if (ofA !== ofB) return ofA === undefined ? 1 : ofB === undefined ? -1 : codePointCompare(ofA, ofB)
  const time = a.originServerTs - b.originServerTs
  return time === 0 ? codePointCompare(a.stateKey, b.stateKey) : time
}

function orderOf({ content: { order } }: SpaceChild): string | undefined {
  return typeof order === 'string' && orderForm.test(order) ? order : undefined
}
