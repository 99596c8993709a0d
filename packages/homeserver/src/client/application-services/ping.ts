/**
 * POST /appservice/{appserviceId}/ping: an application service asks whether it can be reached. Application service API, "Pinging".
 */
import { Type } from 'typebox'
import { serviceOf } from '../authenticate.ts'
import { endpoint, v1 } from '../endpoint.ts'
import { ClientError, forbidden } from '../errors.ts'
import { callService, ServiceUnreachable } from './call-service.ts'

/** Milliseconds. */
const pingTimeout = 10_000

export const ping = endpoint(
  {
    method: 'POST',
    at: v1,
    path: '/appservice/{appserviceId}/ping',
    access: 'anyone',
    body: Type.Object({ transaction_id: Type.Optional(Type.String()) }),
    response: Type.Object({ duration_ms: Type.Integer() }),
  },
  async ({ context, parameters, body, request }) => {
    const service = serviceOf(context, request.credentials)
    if (service.id !== parameters.appserviceId) throw forbidden('that is another application service')
    if (service.url === undefined) throw new ClientError('M_URL_NOT_SET', 'the registration has no url')
    const { clock } = context.runtime
    const begun = clock.monotonic()
    try {
      const call = { method: 'POST', path: '/_matrix/app/v1/ping', timeout: pingTimeout } as const
      const answer = await callService(service, { ...call, body: JSON.stringify(body) }, request.signal)
      if (answer.status < 200 || answer.status > 299)
        throw new ClientError('M_BAD_STATUS', `the application service answers ${answer.status}`, {
          fields: { status: answer.status, body: answer.body },
        })
    } catch (error) {
      if (!(error instanceof ServiceUnreachable)) throw error
      throw new ClientError(error.isTimeout ? 'M_CONNECTION_TIMEOUT' : 'M_CONNECTION_FAILED', error.message)
    }
    return { duration_ms: Math.round(clock.monotonic() - begun) }
  },
)
