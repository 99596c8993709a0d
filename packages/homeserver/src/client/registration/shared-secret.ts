/**
 * GET and POST /_synapse/admin/v1/register: accounts made by whoever knows the server's registration secret, also where nobody else
 * may register. As Synapse has it, since scripts and tests know it: the secret itself never travels, only an HMAC-SHA1 under it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Type } from 'typebox'
import { checkNewPassword } from '../account/password-rules.ts'
import { endpoint, synapseAdmin } from '../endpoint.ts'
import { ClientError, forbidden } from '../errors.ts'
import { session, startSession } from '../login/start-session.ts'
import { deviceDisplayName, password } from '../schemas.ts'
import { createAccount } from './create-account.ts'
import { freeUserId } from './usernames.ts'

export const registrationNonce = endpoint(
  {
    method: 'GET',
    at: synapseAdmin,
    path: '/register',
    access: 'anyone',
    limit: 'registration',
    response: Type.Object({ nonce: Type.String() }),
  },
  ({ context }) => ({ nonce: context.registrationNonces.make() }),
)

export const registerBySecret = endpoint(
  {
    method: 'POST',
    at: synapseAdmin,
    path: '/register',
    access: 'anyone',
    limit: 'registration',
    body: Type.Object({
      nonce: Type.String(),
      username: Type.String(),
      displayname: Type.Optional(deviceDisplayName),
      password,
      admin: Type.Optional(Type.Boolean()),
      user_type: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      mac: Type.String(),
      inhibit_login: Type.Optional(Type.Boolean()),
    }),
    response: Type.Union([session, Type.Object({ user_id: Type.String() })]),
  },
  async ({ context, body }) => {
    if (!context.registrationNonces.use(body.nonce))
      throw new ClientError('M_UNKNOWN', 'the nonce is not known any more', { status: 400 })
    const parts = [body.nonce, body.username, body.password, body.admin === true ? 'admin' : 'notadmin']
    if (typeof body.user_type === 'string') parts.push(body.user_type)
    if (!isMac(body.mac, context.registrationSecret, parts)) throw forbidden('the HMAC is wrong')
    checkNewPassword(context, body.password)
    const userId = freeUserId(context, body.username)
    await createAccount(context, userId, body.password, {
      isAdmin: body.admin === true,
      displayName: body.displayname,
    })
    if (body.inhibit_login === true) return { user_id: userId }
    return startSession(context, { userId, deviceId: undefined, displayName: undefined, canRefresh: false })
  },
)

function isMac(mac: string, secret: string, parts: readonly string[]): boolean {
  const right = createHmac('sha1', secret).update(parts.join('\0')).digest()
  const given = Buffer.from(mac, 'hex')
  return given.length === right.length && timingSafeEqual(given, right)
}
