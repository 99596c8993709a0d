/** Events that a policy server is asked to let pass. This server is none. Server-server API, "Policy Servers". */
import type { Endpoint } from '../endpoint.ts'
import { notFound } from '../errors.ts'

export const policySign: Endpoint = {
  method: 'POST',
  path: '/_matrix/policy/v1/sign',
  answer(_, { serverName }) {
    throw notFound(`${serverName} is no policy server`)
  },
}
