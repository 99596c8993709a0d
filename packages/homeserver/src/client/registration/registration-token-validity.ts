/**
 * GET /register/m.login.registration_token/validity. Client-server API, "Token-authenticated registration".
 */
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { forbidden } from '../errors.ts'
import { isRegistrationToken } from '../user-interactive/stages.ts'

export const registrationTokenValidity = endpoint(
  {
    method: 'GET',
    at: v1,
    path: '/register/m.login.registration_token/validity',
    access: 'anyone',
    limit: 'registration',
    query: Type.Object({ token: Type.String({ maxLength: 64 }) }),
    response: Type.Object({ valid: Type.Boolean() }),
  },
  ({ context, query }) => {
    const { mode, tokens } = context.settings.registration
    if (mode !== 'token') throw forbidden('this server takes no registration tokens')
    return { valid: isRegistrationToken(query.token, tokens) }
  },
)
