/**
 * Devices and keys of users of other servers. Server-server API, "Device Management", "End-to-End Encryption". What is signed by users
 * is passed on as it is: their clients check it.
 */
import type { ServerName } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import { limits } from '../transport/index.ts'
import type { Caller } from './caller.ts'
import type { JsonEndpoint } from './endpoint.ts'
import { anyJson, bodyOf, jsonObject } from './event-text.ts'

const byUser = Type.Record(Type.String(), jsonObject)
const byUserAndDevice = Type.Record(Type.String(), byUser)

const userDevices = {
  name: 'GET /user/devices',
  method: 'GET',
  path: '/_matrix/federation/v1/user/devices/{userId}',
  limits: limits.deviceKeys,
  answer: Type.Object({
    user_id: Type.String(),
    stream_id: Type.Integer(),
    devices: Type.Array(
      Type.Intersect([
        jsonObject,
        Type.Object({
          device_id: Type.String(),
          keys: jsonObject,
          device_display_name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        }),
      ]),
    ),
    master_key: Type.Optional(Type.Union([jsonObject, Type.Null()])),
    self_signing_key: Type.Optional(Type.Union([jsonObject, Type.Null()])),
  }),
} as const satisfies JsonEndpoint

const queryKeys = {
  name: 'POST /user/keys/query',
  method: 'POST',
  path: '/_matrix/federation/v1/user/keys/query',
  limits: limits.deviceKeys,
  answer: Type.Object({
    device_keys: byUserAndDevice,
    master_keys: Type.Optional(Type.Union([byUser, Type.Null()])),
    self_signing_keys: Type.Optional(Type.Union([byUser, Type.Null()])),
  }),
} as const satisfies JsonEndpoint

const claimKeys = {
  name: 'POST /user/keys/claim',
  method: 'POST',
  path: '/_matrix/federation/v1/user/keys/claim',
  limits: limits.deviceKeys,
  // User, device, `algorithm:key ID`, key: an object or a string.
  answer: Type.Object({
    one_time_keys: Type.Record(Type.String(), Type.Record(Type.String(), Type.Record(Type.String(), anyJson))),
  }),
  // A key that was given out is gone.
  isUnrepeatable: true,
} as const satisfies JsonEndpoint

export type UserDevicesAnswer = Static<typeof userDevices.answer>
export type DeviceKeysAnswer = Static<typeof queryKeys.answer>
export type ClaimedKeysAnswer = Static<typeof claimKeys.answer>

export class DeviceKeyRequests {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /** `GET /user/devices`. @param server the user's own */
  userDevices(server: ServerName, userId: string, signal?: AbortSignal): Promise<UserDevicesAnswer> {
    return this.#caller.json(server, userDevices, { path: { userId } }, signal)
  }

  /** `POST /user/keys/query`. @param devices of users of that server; an empty list stands for all devices of a user */
  queryKeys(
    server: ServerName,
    devices: Readonly<Record<string, readonly string[]>>,
    signal?: AbortSignal,
  ): Promise<DeviceKeysAnswer> {
    return this.#caller.json(server, queryKeys, { body: bodyOf({ device_keys: devices }) }, signal)
  }

  /** `POST /user/keys/claim`. @param wanted user ID, device ID, algorithm */
  claimKeys(
    server: ServerName,
    wanted: Readonly<Record<string, Readonly<Record<string, string>>>>,
    signal?: AbortSignal,
  ): Promise<ClaimedKeysAnswer> {
    return this.#caller.json(server, claimKeys, { body: bodyOf({ one_time_keys: wanted }) }, signal)
  }
}
