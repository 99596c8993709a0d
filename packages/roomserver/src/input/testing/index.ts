/** Other servers, their keys and their events in memory: for tests, the simulator and the replay command. */
export { EventMaker, type EventParts, idsOf, type MadeEvent, signerOf } from './event-maker.ts'
export { allFaults, allFaultsAlike, type Fault, type Faults } from './faults.ts'
export { InMemoryKeyRing } from './in-memory-key-ring.ts'
export {
  type Asked,
  type InMemoryServer,
  InMemoryServers,
  type InMemoryServersParts,
  type Operation,
} from './in-memory-servers.ts'
export { inlineCrypto } from './inline-crypto.ts'
export {
  type Draft,
  member,
  message,
  RoomTeller,
  type RoomTellerParts,
  redaction,
  stateEvent,
  type Told,
} from './room-teller.ts'
export { RoomWorld, type StateBefore } from './room-world.ts'
