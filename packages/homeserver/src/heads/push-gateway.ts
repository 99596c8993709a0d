/**
 * Push gateways on the web, at addresses that this server may connect to: clients name them, so they are believed no more than other
 * servers. Push gateway API.
 */
import { type PushGateway, PushGatewayFailed } from '../client/index.ts'
import { Turnstile } from '../federation/sender/index.ts'
import { type Web, WebRequestFailed } from '../federation/transport/index.ts'

/** How long a gateway may take. Milliseconds. */
const timeout = 30_000
/** Of an answer: a list of keys that are no longer good. Bytes. */
const maxBytes = 64 * 1024
/** Requests under way at once, over all gateways: a message to a room of thousands is for as many pushers. */
const requestsAtOnce = 50

export function pushGateway(web: Pick<Web, 'postJson'>): PushGateway {
  const turnstile = new Turnstile(requestsAtOnce)
  return {
    notify: (url, body, signal) =>
      turnstile.through(async () => {
        signal.throwIfAborted()
        try {
          const answer = await web.postJson(new URL(url), body, { maxBytes, timeout, signal })
          if (answer.status !== 200) throw new PushGatewayFailed(url, `status ${answer.status}`)
          return rejectedIn(url, answer.body)
        } catch (error) {
          if (!(error instanceof WebRequestFailed)) throw error
          throw new PushGatewayFailed(url, error.message, { cause: error })
        }
      }),
  }
}

/** @throws {PushGatewayFailed} where the answer is none */
function rejectedIn(url: string, text: string): string[] {
  try {
    const answer = JSON.parse(text) as { readonly rejected?: unknown } | null
    const rejected = answer?.rejected
    return Array.isArray(rejected) ? rejected.filter(key => typeof key === 'string') : []
  } catch (cause) {
    throw new PushGatewayFailed(url, 'its answer is no JSON', { cause })
  }
}
