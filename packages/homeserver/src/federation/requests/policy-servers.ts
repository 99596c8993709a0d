/**
 * The federation client as the room server's policy step sees it: a signature, a no with its reason, or no answer.
 */
import type { PolicyAnswer, PolicyServers } from '@neurite/roomserver'
import { RequestFailed, RequestRefused } from '../transport/index.ts'
import type { FederationClient } from './federation-client.ts'

export function policyServers({ servers }: Pick<FederationClient, 'servers'>): PolicyServers {
  return {
    async sign(server, event, signal) {
      try {
        const signature = await servers.policySign(server, event, signal)
        if (signature !== undefined) return { kind: 'signed', signature }
        return { kind: 'refused', errcode: 'M_FORBIDDEN', reason: `${server} has not signed it` }
      } catch (error) {
        return answerIn(error)
      }
    },
  }
}

/** @throws what is no answer */
function answerIn(error: unknown): PolicyAnswer {
  if (error instanceof RequestRefused) {
    const { errcode, reason, message } = error
    return { kind: 'refused', errcode, reason: reason === '' ? message : reason }
  }
  if (error instanceof RequestFailed && error.status === 429)
    return { kind: 'refused', errcode: 'M_LIMIT_EXCEEDED', reason: error.message, retryAfterMs: error.retryAfter }
  throw error
}
