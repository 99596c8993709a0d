/**
 * Asking policy servers for their signatures: outside the room's turn, within a limit of time. A server that does not answer is left alone for
 * a while: a room whose policy server is down must not wait for it with every event. Server-server API, "Asking for a Policy Server
 * signature on an event".
 */
import {
  type BuiltEvent,
  type Crypto,
  canonicalJson,
  isJsonObject,
  type JsonObject,
  PduError,
  type RoomEvent,
  readPdu,
  type ServerName,
} from '@neurite/protocol'
import { type ErrorCode, errorStatuses, RoomServerError } from '../api/index.ts'
import { DeadlineExceeded, type Runtime, withDeadline } from '../runtime/index.ts'
import type { Arrived } from './arrival.ts'
import { plainReason } from './item.ts'
import { isSignedBy, type PolicyServer, policyKeyId } from './policy-server.ts'
import { RemoteServerError } from './remote-servers.ts'

/** What a policy server makes of an event. */
export type PolicyAnswer =
  | { readonly kind: 'signed' /** Base64. */; readonly signature: string }
  | {
      readonly kind: 'refused'
      readonly errcode: string
      readonly reason: string
      /** With `M_LIMIT_EXCEEDED`: milliseconds, where it says. */
      readonly retryAfterMs?: number | undefined
    }

export interface PolicyServers {
  /** `POST /_matrix/policy/v1/sign`. @throws {RemoteServerError} where there is no answer; the signal's reason */
  sign(server: ServerName, event: JsonObject, signal: AbortSignal): Promise<PolicyAnswer>
}

export interface PolicySignaturesParts {
  readonly serverName: ServerName
  /** Absent: none can be asked. */
  readonly policyServers: PolicyServers | undefined
  readonly runtime: Runtime
  readonly crypto: Crypto
}

/** Milliseconds for one event. Its sender waits, and so do the events that build on it. */
const askWithin = 10_000
/** Milliseconds for which a server is not asked again that did not answer. */
const leftAloneFor = 30_000
/** Milliseconds after which a server is asked again that is asked too much and does not say when to come back. */
const usualRetry = 1_000
/** Servers remembered that do not answer: more than there are policy servers in most rooms together. */
const maxRemembered = 1_000

type Refusal = Extract<PolicyAnswer, { kind: 'refused' }>
type Outcome = { readonly kind: 'signed'; readonly event: RoomEvent; readonly pdu: string } | Refusal

export class PolicySignatures {
  readonly #parts: PolicySignaturesParts
  /** Until when, by the monotonic clock; oldest first. */
  readonly #leftAlone = new Map<ServerName, number>()

  constructor(parts: PolicySignaturesParts) {
    this.#parts = parts
  }

  /** An event of another server: signed now, or with what is held against it. */
  async settle(arrived: Arrived, policyServer: PolicyServer): Promise<Arrived> {
    const outcome = await this.#ask(arrived.event, policyServer, true)
    if (outcome.kind === 'signed') return { ...arrived, event: outcome.event }
    const why = `the policy server ${policyServer.server} does not recommend it: ${outcome.reason}`
    return { ...arrived, objection: plainReason('policy_server', why) }
  }

  /**
   * An event of a local user, before it is sent.
   * @throws {RoomServerError} what the policy server says, as it says it; `M_UNREACHABLE` where it does not answer
   */
  async sign({ event }: BuiltEvent, policyServer: PolicyServer): Promise<BuiltEvent> {
    const outcome = await this.#ask(event, policyServer, false)
    if (outcome.kind === 'signed') return outcome
    const { errcode, reason, retryAfterMs } = outcome
    const code = Object.hasOwn(errorStatuses, errcode) ? (errcode as ErrorCode) : 'M_FORBIDDEN'
    throw new RoomServerError(code, reason, retryAfterMs === undefined ? {} : { retryAfterMs })
  }

  /** @param isPatient whether a server that is asked too much is asked again, as long as there is time */
  async #ask(event: RoomEvent, policyServer: PolicyServer, isPatient: boolean): Promise<Outcome> {
    const { server } = policyServer
    const { serverName, policyServers, runtime } = this.#parts
    if (server === serverName) return refused('M_FORBIDDEN', `${serverName} is no policy server`)
    if (policyServers === undefined || this.#isLeftAlone(server)) return silent(server)
    try {
      return await withDeadline(runtime.timers, askWithin, async signal => {
        for (;;) {
          const answer = await policyServers.sign(server, event.json, signal)
          if (answer.kind === 'signed') return this.#withSignature(event, answer.signature, policyServer)
          if (answer.errcode !== 'M_LIMIT_EXCEEDED' || !isPatient) return answer
          await runtime.timers.sleep(answer.retryAfterMs ?? usualRetry, signal)
        }
      })
    } catch (error) {
      if (!(error instanceof RemoteServerError || error instanceof DeadlineExceeded)) throw error
      this.#leaveAlone(server)
      return silent(server)
    }
  }

  /** "Those existing signatures might not be returned by the policy server, but should be retained." */
  #withSignature(event: RoomEvent, signature: string, policyServer: PolicyServer): Outcome {
    const { crypto } = this.#parts
    const { server } = policyServer
    const signatures = (event.json['signatures'] ?? {}) as JsonObject
    const ofServer = isJsonObject(signatures[server]) ? signatures[server] : {}
    const signed = { ...signatures, [server]: { ...ofServer, [policyKeyId]: signature } }
    const pdu = canonicalJson({ ...event.json, signatures: signed })
    try {
      const { event: read } = readPdu(pdu, event.rules, crypto, { referenceLimits: false, longKeys: true })
      if (isSignedBy(policyServer, read, crypto)) return { kind: 'signed', event: read, pdu }
    } catch (error) {
      if (error instanceof PduError)
        return refused('M_TOO_LARGE', `with its signature it is no event: ${error.message}`)
      throw error
    }
    return refused('M_FORBIDDEN', `its signature does not fit the key that the room has of ${server}`)
  }

  #isLeftAlone(server: ServerName): boolean {
    const until = this.#leftAlone.get(server)
    return until !== undefined && until > this.#parts.runtime.clock.monotonic()
  }

  #leaveAlone(server: ServerName): void {
    this.#leftAlone.delete(server)
    this.#leftAlone.set(server, this.#parts.runtime.clock.monotonic() + leftAloneFor)
    const [oldest] = this.#leftAlone.keys()
    if (this.#leftAlone.size > maxRemembered && oldest !== undefined) this.#leftAlone.delete(oldest)
  }
}

function refused(errcode: ErrorCode, reason: string): Refusal {
  return { kind: 'refused', errcode, reason }
}

function silent(server: ServerName): Refusal {
  return refused('M_UNREACHABLE', `the policy server ${server} does not answer`)
}
