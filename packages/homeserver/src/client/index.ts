/**
 * The client head: the client-server API of Matrix, on a room server that it knows by its contract only. Read this first: what it is
 * made of, and who knows whom.
 *
 * ```ts
 * const head = clientHead({ configuration, database, roomServer: server.api, runtime: nodeRuntime, registrationSecret, mediaDirectory, onError })
 * await fastify.register(head.plugin)
 * await head.start()
 * ```
 */
import type { ServerName, UserId } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { FastifyInstance } from 'fastify'
import type { Configuration } from '../config/index.ts'
import type { Database } from '../storage/database.ts'
import { tablesOf } from '../storage/tables.ts'
import { EventPush } from './application-services/event-push.ts'
import type { ApplicationService } from './application-services/registration.ts'
import { openSenders } from './application-services/senders.ts'
import { ApplicationServices } from './application-services/services.ts'
import type { AccountClosed, ClientContext, PassingNews, ProfileChange } from './context.ts'
import { LastSeen } from './devices/last-seen.ts'
import { endpoints } from './endpoints.ts'
import { Hook } from './hook.ts'
import { MediaFiles } from './media/media-files.ts'
import { PendingMedia } from './media/pending-media.ts'
import { noOtherMedia, type RemoteMedia } from './media/remote-media.ts'
import { Passwords } from './passwords.ts'
import { Presence } from './presence/presence.ts'
import type { PushGateway } from './push/push-gateway.ts'
import { PushSender } from './push/push-sender.ts'
import { UnreadMemory } from './push/unread.ts'
import { RateLimits } from './rate-limits.ts'
import { Nonces } from './registration/nonces.ts'
import { noOtherRooms, type RemoteRooms } from './remote-rooms.ts'
import { nobodyElse, type RemoteUsers } from './remote-users.ts'
import { RoomIndex } from './room-index/room-index.ts'
import { followAccounts } from './rooms/follow-accounts.ts'
import { followUpgrades } from './rooms/follow-upgrades.ts'
import { OtherRooms } from './rooms/other-rooms.ts'
import { SentEvents } from './rooms/send-once.ts'
import { type ClientRoutes, clientRoutes } from './routes.ts'
import { openNoticesUser } from './server-notices/notices-user.ts'
import { clientSettings } from './settings.ts'
import { Streams } from './streams.ts'
import { startTidying } from './tidying.ts'
import { Turns } from './turns.ts'
import { Typing } from './typing.ts'
import { InteractiveSessions } from './user-interactive/sessions.ts'

export type { ClientContext, PassingNews } from './context.ts'
export type { RemoteFile, RemoteMedia } from './media/remote-media.ts'
export { type PushGateway, PushGatewayFailed } from './push/push-gateway.ts'
export type { RemoteRooms } from './remote-rooms.ts'
export type { RemoteUsers } from './remote-users.ts'

export interface ClientHeadParts extends Pick<ClientRoutes, 'onAnswer' | 'checkAnswers'> {
  readonly configuration: Pick<Configuration, 'server_name' | 'client' | 'rooms'>
  /** The heads' database, with all migrations. It is not closed by the head. */
  readonly database: Database
  readonly roomServer: RoomServerApi
  readonly runtime: Runtime
  /** For `/_synapse/admin/v1/register`: what stands in the file `client.registration.secret`. */
  readonly registrationSecret: string
  /** Where the files of media are kept. Made with the first of them. */
  readonly mediaDirectory: string
  readonly applicationServices?: readonly ApplicationService[]
  /** Users of other servers. Absent: there are no other servers. */
  readonly remoteUsers?: RemoteUsers
  /** Rooms of other servers. Absent: there are no other servers. */
  readonly remoteRooms?: RemoteRooms
  /** Media of other servers. Absent: there are no other servers. */
  readonly remoteMedia?: RemoteMedia
  /** Absent: pushers are kept, and nothing is sent to them. */
  readonly pushGateway?: PushGateway
  /** Told of what is unexpected, and where: an endpoint, or a part that works on its own. */
  readonly onError: (error: unknown, where: string) => void
}

export interface ClientHead {
  /** Its routes. */
  readonly plugin: (fastify: FastifyInstance) => Promise<void>
  /** What other heads work with too: tables, streams, typing, presence. */
  readonly context: ClientContext
  /** Begins to follow the rooms. */
  start(): Promise<void>
  /** Ends what it does on its own. Requests are for whoever serves the plugin to end, before. */
  stop(): Promise<void>
}

export function clientHead(parts: ClientHeadParts): ClientHead {
  const context = contextOf(parts)
  const { onError, onAnswer, checkAnswers } = parts
  const pushes = context.applicationServices.all
    .filter(({ url }) => url !== undefined)
    .map(service => new EventPush(context, service, error => onError(error, `application service ${service.id}`)))
  const { pushGateway } = parts
  const pushSender = pushGateway && new PushSender(context, pushGateway, error => onError(error, 'push notifications'))
  const stops = [followAccounts(context), followUpgrades(context, error => onError(error, 'room upgrades'))]
  return {
    context,
    plugin: fastify => clientRoutes(fastify, { context, endpoints, onError, onAnswer, checkAnswers }),
    start: async () => {
      await openSenders(context)
      await openNoticesUser(context)
      await context.rooms.catchUp()
      context.rooms.start()
      for (const push of pushes) push.start()
      pushSender?.start()
      stops.push(startTidying(context, error => onError(error, 'tidying')))
    },
    stop: async () => {
      for (const stop of stops) stop()
      await Promise.all([...pushes.map(push => push.stop()), pushSender?.stop()])
      context.typing.stop()
      await context.rooms.stop()
    },
  }
}

function contextOf(parts: ClientHeadParts): ClientContext {
  const { configuration, database, roomServer, runtime, registrationSecret, onError } = parts
  const { clock, randomness } = runtime
  const serverName = configuration.server_name as ServerName
  const remoteRooms = parts.remoteRooms ?? noOtherRooms
  const settings = clientSettings(configuration)
  const tables = tablesOf(database)
  const streams = new Streams(database, clock)
  const failed = (where: string) => (error: unknown) => onError(error, where)
  return {
    ...{ settings, registrationSecret, runtime, roomServer, database, tables, streams },
    serverName,
    applicationServices: new ApplicationServices(parts.applicationServices ?? [], serverName),
    registrationNonces: new Nonces(clock, randomness),
    turns: new Turns(),
    passwords: new Passwords(settings.passwordCost, randomness),
    interactive: new InteractiveSessions(clock, randomness),
    rateLimits: new RateLimits(settings.rateLimits, clock),
    lastSeen: new LastSeen(database, tables.devices, clock, failed('devices')),
    rooms: new RoomIndex({ roomServer, database, tables, runtime, onError: failed('rooms') }),
    sentEvents: new SentEvents(),
    unread: new UnreadMemory(),
    typing: new Typing(streams, runtime),
    presence: new Presence(streams, clock),
    remoteUsers: parts.remoteUsers ?? nobodyElse,
    remoteRooms,
    otherRooms: new OtherRooms(remoteRooms, clock),
    remoteMedia: parts.remoteMedia ?? noOtherMedia,
    mediaFiles: new MediaFiles(parts.mediaDirectory, randomness),
    pendingMedia: new PendingMedia(runtime.timers),
    profileChanged: new Hook<ProfileChange>(failed('profiles')),
    accountClosed: new Hook<AccountClosed>(failed('accounts')),
    hasRead: new Hook<UserId>(failed('reading')),
    passing: new Hook<PassingNews>(failed('passing')),
  }
}
