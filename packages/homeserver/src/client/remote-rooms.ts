/**
 * What the client head asks of other servers about rooms. The federation head implements it; a server that is alone has
 * {@link noOtherRooms}.
 */
import type { RoomAlias, ServerName } from '@neurite/protocol'
import { ClientError } from './errors.ts'

export interface RemoteRooms {
  /**
   * The room that an alias of another server stands for, and servers in it.
   * @throws {ClientError} `M_NOT_FOUND`, `M_UNREACHABLE`
   */
  alias(
    server: ServerName,
    alias: RoomAlias,
    signal: AbortSignal,
  ): Promise<{ readonly roomId: string; readonly servers: readonly string[] }>
  /**
   * A page of another server's directory, as `/publicRooms` of the federation gives it.
   * @throws {ClientError} `M_UNREACHABLE`
   */
  publicRooms(
    server: ServerName,
    query: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>
  /**
   * The event of a room that another server finds nearest to a moment.
   * @param timestamp milliseconds since 1970
   * @param direction `f`: at that moment or later; `b`: or earlier
   * @returns undefined where it knows none
   * @throws {ClientError} `M_UNREACHABLE`
   */
  eventNear(
    server: ServerName,
    roomId: string,
    timestamp: number,
    direction: 'f' | 'b',
    signal: AbortSignal,
  ): Promise<EventNear | undefined>
  /**
   * A room with its children, as far as a server in it shows them to this one: `/hierarchy` of the federation.
   * @throws {ClientError} `M_NOT_FOUND`, `M_UNREACHABLE`
   */
  hierarchy(server: ServerName, roomId: string, suggestedOnly: boolean, signal: AbortSignal): Promise<RemoteHierarchy>
}

/** As the specification has them: the room, and what is known of its children. */
export interface RemoteHierarchy {
  readonly room: Readonly<Record<string, unknown>> & { readonly children_state: readonly RemoteChild[] }
  readonly children: readonly Readonly<Record<string, unknown>>[]
}

/** An `m.space.child` event. */
export interface RemoteChild {
  readonly type: string
  readonly state_key: string
  readonly sender: string
  readonly origin_server_ts: number
  readonly content: Readonly<Record<string, unknown>>
}

/** An event, and its time by its own word: milliseconds since 1970. */
export interface EventNear {
  readonly eventId: string
  readonly timestamp: number
}

/** No other server can be reached. */
export const noOtherRooms: RemoteRooms = {
  alias: () => Promise.reject(unreachable()),
  publicRooms: () => Promise.reject(unreachable()),
  eventNear: () => Promise.reject(unreachable()),
  hierarchy: () => Promise.reject(unreachable()),
}

function unreachable(): ClientError {
  return new ClientError('M_UNREACHABLE', 'this server talks to no other server')
}
