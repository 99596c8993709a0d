/**
 * Event types and state keys whose NIDs are the same in every database. All others are numbered from 65536 up.
 */
import type { EventTypeNid, StateKeyNid } from './nids.ts'

export const wellKnownTypes: readonly (readonly [EventTypeNid, string])[] = (
  [
    [1, 'm.room.create'],
    [2, 'm.room.power_levels'],
    [3, 'm.room.join_rules'],
    [4, 'm.room.third_party_invite'],
    [5, 'm.room.member'],
    [6, 'm.room.redaction'],
    [7, 'm.room.history_visibility'],
  ] as const
).map(([nid, type]) => [nid as EventTypeNid, type] as const)

export const wellKnownStateKeys: readonly (readonly [StateKeyNid, string])[] = [[1 as StateKeyNid, '']]

/** The lowest NID of types and state keys that are not well known. */
export const firstFreeNameNid = 65_536

const typeNid = (name: string) => wellKnownTypes.find(([, type]) => type === name)?.[0] as EventTypeNid
export const createTypeNid = typeNid('m.room.create')
export const powerLevelsTypeNid = typeNid('m.room.power_levels')
export const memberTypeNid = typeNid('m.room.member')
export const emptyStateKeyNid = 1 as StateKeyNid
