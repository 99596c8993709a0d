/**
 * Where the keys that signatures are checked with come from. Server-server API, "Retrieving server keys".
 */
import { keyCounts, type ServerName, type SignatureRules, type VerifyKey, type VerifyKeys } from '@neurite/protocol'

/** A key that is asked for. */
export interface KeyRequest {
  readonly server: ServerName
  readonly keyId: string
  /** When it must have been valid: the event's `origin_server_ts`. Milliseconds since 1970. */
  readonly at: number | bigint
}

/** What is known after asking. */
export interface KeyAnswers {
  readonly keys: VerifyKeys
  /**
   * Whether a key that is not known, or not known to have been valid at that time, may still turn up: nobody who could
   * tell was reached. False: those who were asked say that there is none.
   */
  mayTurnUp(server: ServerName, keyId: string): boolean
}

/** All known keys of servers. */
export interface KeyRing {
  /** What is known already, without asking anybody. Keys that may have become too old for an event are among them. */
  readonly known: VerifyKeys
  /**
   * Looks keys up, and asks other servers for those that are not known or not known to have been valid then. Resolves when all were
   * answered or given up for now; how long that may take is the key ring's own limit.
   * @param requests may name a key several times
   * @throws nothing but the signal's reason
   */
  keysFor(requests: readonly KeyRequest[], signal?: AbortSignal): Promise<KeyAnswers>
}

/** The rules by which a key ring decides whether to ask for a fresher key: those of the stricter room versions. */
const strict: SignatureRules = { eventIdServerSigns: false, keyValidity: true }

/** Whether what is known of a key answers the request. */
export function answersRequest(key: VerifyKey | undefined, at: number | bigint): boolean {
  return key !== undefined && keyCounts(key, at, strict)
}
