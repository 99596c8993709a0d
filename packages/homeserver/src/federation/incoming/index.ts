/** What other servers ask of this one. */
export type { IncomingContext, IncomingParts } from './context.ts'
export { endpoints } from './endpoints/index.ts'
export {
  type DevicesOfUser,
  type IncomingEdu,
  type KeysOfUsers,
  type LocalMedia,
  type LocalUsers,
  nobodyHere,
  type StoredMedia,
  type ThumbnailSize,
} from './local-users.ts'
export { federationRoutes } from './routes.ts'
