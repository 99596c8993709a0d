/**
 * The part of a stored state that the authorisation rules ask for, loaded before they run: the rules themselves wait for
 * nothing.
 */
import { authEventKeys, type RoomEvent, type StateLookup } from '@neurite/protocol'
import {
  type EventNid,
  type EventTypeNid,
  emptyStateKeyNid,
  type StateSnapshotNid,
  wellKnownTypes,
} from '../types/index.ts'
import type { StepContext } from './step.ts'
import type { StoredEvent } from './work.ts'

const authTypeNids: ReadonlyMap<string, EventTypeNid> = new Map(wellKnownTypes.map(([nid, type]) => [type, nid]))
const memberType = 'm.room.member'
const createKey = ['m.room.create', ''] as const

/** The entries of a state that decide on one event. */
export interface AuthStateEntries {
  readonly lookup: StateLookup
  /** The events that were found, for comparing with an event's own auth events. The create event is among them. */
  readonly events: readonly EventNid[]
}

/** What is needed for that. With the change that is being made, states that it makes are found whatever the caches hold. */
export type AuthStateContext = Pick<StepContext, 'reader' | 'states' | 'events'> & Partial<Pick<StepContext, 'change'>>

/**
 * Loads what auth event selection names for the event out of a snapshot, and the create event.
 * @param own the event's auth events. In a state that lacks members those that it lacks are taken from there: the event itself says
 * which member events let it in, and it is judged again once the state is whole.
 */
export async function loadAuthState(
  event: RoomEvent,
  snapshot: StateSnapshotNid | 0,
  { reader, states, events, change }: AuthStateContext,
  own: readonly StoredEvent[] = [],
): Promise<AuthStateEntries> {
  const keys = authEventKeys(event)
  if (event.rules.auth.createImpliedByRoomId) keys.unshift(createKey)
  const stateKeyNids = await reader.stateKeyNids(keys.map(([, stateKey]) => stateKey).filter(key => key !== ''))
  const view = await states.view(snapshot, change?.state)

  const found: Found[] = []
  for (const [type, stateKey] of keys) {
    const typeNid = authTypeNids.get(type)
    const stateKeyNid = stateKey === '' ? emptyStateKeyNid : stateKeyNids.get(stateKey)
    const nid = typeNid === undefined || stateKeyNid === undefined ? 0 : view.get(typeNid, stateKeyNid)
    if (nid !== 0) found.push({ type, stateKey, nid })
    else if (view.origin === 'partial' && type === memberType) {
      const member = own.find(
        ({ event: { type, stateKey: of }, row }) => type === memberType && of === stateKey && row.status !== 'rejected',
      )
      if (member !== undefined) found.push({ type, stateKey, nid: member.row.event })
    }
  }
  // Most often all of them are the event's own auth events, which are at hand.
  const ownEvent = (nid: EventNid) => own.find(({ row }) => row.event === nid)?.event
  const nids = found.map(({ nid }) => nid)
  const loaded = await events.load(nids.filter(nid => ownEvent(nid) === undefined))
  return {
    events: nids,
    // A handful: quicker looked through than made a map of.
    lookup: (type, stateKey) => {
      const entry = found.find(entry => entry.type === type && entry.stateKey === stateKey)
      return entry && (ownEvent(entry.nid) ?? loaded.get(entry.nid))
    },
  }
}

/** What a state has for a key. */
interface Found {
  readonly type: string
  readonly stateKey: string
  readonly nid: EventNid
}
