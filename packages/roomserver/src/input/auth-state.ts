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
  readonly events: ReadonlySet<EventNid>
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

  const nids = new Map<string, EventNid>()
  for (const [type, stateKey] of keys) {
    const typeNid = authTypeNids.get(type)
    const stateKeyNid = stateKey === '' ? emptyStateKeyNid : stateKeyNids.get(stateKey)
    const nid = typeNid === undefined || stateKeyNid === undefined ? 0 : view.get(typeNid, stateKeyNid)
    if (nid !== 0) nids.set(tuple(type, stateKey), nid)
    else if (view.origin === 'partial' && type === memberType) {
      const member = own.find(
        ({ event: { type, stateKey: of }, row }) => type === memberType && of === stateKey && row.status !== 'rejected',
      )
      if (member !== undefined) nids.set(tuple(type, stateKey), member.row.event)
    }
  }
  const loaded = await events.load([...nids.values()])
  return {
    events: new Set(nids.values()),
    lookup: (type, stateKey) => {
      const nid = nids.get(tuple(type, stateKey))
      return nid === undefined ? undefined : loaded.get(nid)
    },
  }
}

/** Types that decide are well known and hold no NUL. */
function tuple(type: string, stateKey: string): string {
  return `${type}\0${stateKey}`
}
