/**
 * Asks the spam checks, and says what their answers come to: each has its time, and whether one that fails counts as yes or as no is the
 * operator's to say.
 */
import type { RoomEvent, ServerName } from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import { type Timers, withDeadline } from '../runtime/index.ts'
import type { VerdictReason } from '../storage/index.ts'
import { type InputItem, plainReason } from './item.ts'
import { defaultCheckTime, type Objection, type SpamCheckOptions, type SpamQuestions } from './spam-checks.ts'

export interface SpamGuardParts {
  readonly serverName: ServerName
  readonly timers: Timers
  /** Absent: nobody has anything against anything. */
  readonly options: SpamCheckOptions | undefined
  /** Told where a check throws or takes too long. */
  readonly failed: (error: unknown) => void
}

/** Milliseconds after which who was refused for now may come back. */
const retryAfterMs = 60_000

export class SpamGuard {
  readonly #parts: SpamGuardParts

  constructor(parts: SpamGuardParts) {
    this.#parts = parts
  }

  /** @throws {RoomServerError} where the check says no, or fails and that counts as no */
  async refuseSpam<Kind extends keyof SpamQuestions>(kind: Kind, asked: SpamQuestions[Kind]): Promise<void> {
    const objection = await this.#ask(kind, asked)
    if (objection === undefined) return
    const { errcode = 'M_FORBIDDEN', reason } = objection
    throw new RoomServerError(errcode, reason, errcode === 'M_LIMIT_EXCEEDED' ? { retryAfterMs } : {})
  }

  /** Why an event that came in is not to be shown. Only new events of others are looked at: ours were before they were made. */
  async objectionTo(event: RoomEvent, { kind, origin }: InputItem): Promise<VerdictReason | undefined> {
    if (kind !== 'new' || origin === this.#parts.serverName) return undefined
    const objection = await this.#ask('receive', { event, origin })
    return objection && plainReason('spam_check', objection.reason)
  }

  async #ask<Kind extends keyof SpamQuestions>(kind: Kind, asked: SpamQuestions[Kind]): Promise<Objection | undefined> {
    const { options, timers, failed } = this.#parts
    const check = options?.checks[kind]
    if (check === undefined) return undefined
    try {
      return await withDeadline(timers, options?.within ?? defaultCheckTime, async () => check(asked))
    } catch (error) {
      failed(error)
      return options?.whenItFails === 'refuse' ? { reason: 'it could not be checked for spam; try again' } : undefined
    }
  }
}
