/**
 * GET /pushers and POST /pushers/set: where users want to be notified. What is sent there: `push-sender.ts`. Client-server API, "Push
 * Notifications".
 */
import { type Static, Type } from 'typebox'
import { maxPushers } from '../../storage/pushers.ts'
import { deviceOf } from '../authenticate.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError, forbidden, invalidParameter } from '../errors.ts'
import { anyObject, empty } from '../schemas.ts'

const required = ['app_display_name', 'device_display_name', 'lang', 'data'] as const

const setBody = Type.Object({
  kind: Type.Union([Type.String(), Type.Null()]),
  app_id: Type.String({ minLength: 1, maxLength: 64 }),
  pushkey: Type.String({ minLength: 1, maxLength: 512 }),
  app_display_name: Type.Optional(Type.String({ maxLength: 1_000 })),
  device_display_name: Type.Optional(Type.String({ maxLength: 1_000 })),
  profile_tag: Type.Optional(Type.String({ maxLength: 1_000 })),
  lang: Type.Optional(Type.String({ maxLength: 100 })),
  data: Type.Optional(anyObject),
  append: Type.Optional(Type.Boolean()),
})

export const pushers = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/pushers',
    access: 'user',
    response: Type.Object({ pushers: Type.Array(anyObject) }),
  },
  ({ context, caller }) => ({ pushers: context.tables.pushers.of(caller.userId).map(({ pusher }) => pusher) }),
)

export const setPusher = endpoint(
  { method: 'POST', at: v3, path: '/pushers/set', access: 'user', body: setBody, response: empty },
  async ({ context, caller, body }) => {
    const { tables, database, runtime, rooms } = context
    const { userId } = caller
    const { kind, app_id: appId, pushkey, append, ...rest } = body
    if (kind === null) {
      await database.write(tables.pushers.remove({ userId, appId, pushkey }))
      return {}
    }
    checkPusher(body)
    if (tables.pushers.of(userId).length >= maxPushers) throw forbidden(`you have ${maxPushers} pushers already`)
    const pusher = { kind, app_id: appId, pushkey, ...rest }
    const set = tables.pushers.set({
      ...{ userId, deviceId: deviceOf(caller), appId, pushkey, pusher, setAt: runtime.clock.now() },
      position: rooms.position,
    })
    const removeOthers = tables.pushers.removeOfOthers(userId, appId, pushkey)
    await database.write(...(append === true ? [] : [removeOthers]), set)
    return {}
  },
)

function checkPusher(body: Static<typeof setBody>): void {
  const missing = required.filter(key => body[key] === undefined)
  if (missing.length > 0) throw new ClientError('M_MISSING_PARAM', `missing: ${missing.join(', ')}`)
  if (body.kind !== 'http') throw invalidParameter(`pushers of kind ${body.kind} are not known here`)
  const { url } = body.data ?? {}
  if (typeof url !== 'string') throw new ClientError('M_MISSING_PARAM', 'missing: data.url')
  const { protocol, pathname } = URL.parse(url) ?? {}
  if (protocol !== 'https:' || pathname !== '/_matrix/push/v1/notify')
    throw invalidParameter('data.url is an https URL with the path /_matrix/push/v1/notify')
}
