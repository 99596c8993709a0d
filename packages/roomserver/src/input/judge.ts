/**
 * One event's turn in its room: runs the steps and turns what they say into a commit. Nothing here waits for the network or the
 * disk.
 */
import type { BuiltEvent, Crypto, RoomEvent, ServerName } from '@neurite/protocol'
import { noSuchRoom } from '../api/index.ts'
import {
  type DecodedBlock,
  findUnusedState,
  type PreparedMerge,
  type StateStore,
  type WantedMerge,
} from '../state/index.ts'
import type { EventRow, OverlayReader, RemovedState } from '../storage/index.ts'
import type { EventNid, QueueRowNid } from '../types/index.ts'
import type { Arrived } from './arrival.ts'
import { conclude, type Judgement } from './conclude.ts'
import { correct } from './correct.ts'
import { correctable } from './corrections.ts'
import {
  buildDraft,
  checkMembership,
  type DraftOptions,
  type DraftTools,
  type EventDraft,
  itemOf,
  refusedByRules,
  sameInState,
} from './draft.ts'
import type { EventSource } from './event-source.ts'
import { type InputItem, type InputResult, plainReason } from './item.ts'
import type { Names } from './names.ts'
import { complete } from './partial-state/completion.ts'
import { type CheckedOutlier, type OutlierResult, takeOutliers } from './partial-state/outlier-batch.ts'
import type { PolicyServer } from './policy-server.ts'
import type { Room } from './room.ts'
import { RoomChange } from './room-change.ts'
import type { Rooms } from './rooms.ts'
import type { Stages } from './stages.ts'
import type { Missing, Step, StepContext, StepOutcome } from './step.ts'
import { draftSteps, runSteps } from './steps.ts'
import { Work } from './work.ts'

/** How a turn ended. */
export type Turn =
  /** Decided. `committed` resolves once the disk has it; it rejects where the turn must be taken again. */
  | {
      readonly kind: 'decided'
      readonly result: InputResult
      readonly committed: Promise<unknown>
      /** Provisional events of the room may be judged for good now. */
      readonly mayCorrect: boolean
      /** Merges of state blocks that are due and too large to be made in the room's turn. */
      readonly merges: readonly WantedMerge[]
    }
  | { readonly kind: 'wait'; readonly needs: Missing }
  | { readonly kind: 'ask-policy-server'; readonly policyServer: PolicyServer }

/** Provisional events looked at at once. */
const provisionalPage = 500

type Decided = Extract<Turn, { kind: 'decided' }>

/** What became of a draft: decided, or built and not to be seen by anybody else before the policy server has signed it too. */
export type DraftTurn = (Decided & { readonly built: BuiltEvent | undefined }) | Unsigned
export type Unsigned = Extract<Turn, { kind: 'ask-policy-server' }> & { readonly built: BuiltEvent }

/** An event that is taken later, and the policy server that must sign it before, where there is one. */
export interface Proposal {
  readonly built: BuiltEvent
  readonly policyServer: PolicyServer | undefined
}

export interface JudgeParts {
  readonly reader: OverlayReader
  readonly rooms: Rooms
  readonly events: EventSource
  readonly states: StateStore
  readonly names: Names
  readonly crypto: Crypto
  readonly serverName: ServerName
  /** Lets other work run: see breathing.ts. */
  readonly pause: () => Promise<void>
  readonly stages: Stages
}

export class Judge {
  readonly #parts: JudgeParts

  constructor(parts: JudgeParts) {
    this.#parts = parts
  }

  /** Takes one event's turn. Turns of one room must not overlap. */
  async turn(item: InputItem, arrived: Arrived, queueRow: QueueRowNid | undefined): Promise<Turn> {
    const { rooms } = this.#parts
    const { event } = arrived
    const room = await this.#roomFor(item, event)
    if (room === undefined) {
      const reason = plainReason('room', `room ${item.roomId} is not known and ${event.eventId} does not open it`)
      return decided({ kind: 'dropped', eventId: event.eventId, reason })
    }
    const work = new Work(item, event, queueRow)
    work.softFailure = arrived.objection
    return rooms.working(room, () => this.#turnOf(work, this.#contextOf(room)))
  }

  async #turnOf(work: Work, context: StepContext): Promise<Turn> {
    const { eventId } = work.event
    const outcome = await this.#runSteps(work, context)
    if (outcome.kind === 'wait' || outcome.kind === 'ask-policy-server') return outcome
    if (outcome.kind === 'done' || outcome.kind === 'drop') {
      // What it rests on may be decided and not yet on disk: nobody is told that we have it before we have.
      const committed = this.#parts.rooms.underWay(context.room)
      if (outcome.kind === 'drop')
        return { ...decided({ kind: 'dropped', eventId, reason: outcome.reason }), committed }
      return { ...decided({ kind: 'known', eventId, reason: work.stored?.reason }), committed }
    }
    return this.#conclude(work, judgementOf(work, outcome), context)
  }

  /**
   * Builds, judges and decides an event of a local user in one turn. What the room does not allow is refused and leaves nothing.
   * @throws {RoomServerError} `M_NOT_FOUND`, `M_FORBIDDEN` with the rule, `M_TOO_LARGE`, `M_BAD_JSON`
   * @throws {MembershipIsAnother}
   */
  async draft(roomId: string, draft: EventDraft, tools: DraftTools, options: DraftOptions): Promise<DraftTurn> {
    const room = await this.#parts.rooms.find(roomId)
    if (room === undefined || room.forwardExtremities.length === 0) throw noSuchRoom(roomId)
    return this.#parts.rooms.working(room, () => this.#draftIn(this.#contextOf(room), draft, tools, options))
  }

  async #draftIn(
    context: StepContext,
    draft: EventDraft,
    tools: DraftTools,
    options: DraftOptions,
  ): Promise<DraftTurn> {
    const same = options.unlessSame === true ? await sameInState(draft, context) : undefined
    if (same !== undefined) {
      const committed = this.#parts.rooms.underWay(context.room)
      return { ...decided({ kind: 'known', eventId: same, reason: undefined }), committed, built: undefined }
    }
    if (options.onlyFrom !== undefined) await checkMembership(draft, options.onlyFrom, context)
    const built = await buildDraft(draft, tools, context)
    const { work, policyServer } = await this.#allowOwn(built, options, context)
    if (policyServer !== undefined) return { kind: 'ask-policy-server', built, policyServer }
    return { ...(await this.#conclude(work, { status: 'accepted', reason: undefined }, context)), built }
  }

  /**
   * Builds an event and judges it as {@link draft} does, and decides nothing: it goes to another server, to be completed or signed.
   * @throws {RoomServerError} as {@link draft}; {@link MembershipIsAnother}
   */
  async proposal(roomId: string, draft: EventDraft, tools: DraftTools, options: DraftOptions): Promise<Proposal> {
    const room = await this.#parts.rooms.find(roomId)
    if (room === undefined || room.forwardExtremities.length === 0) throw noSuchRoom(roomId)
    return this.#parts.rooms.working(room, async () => {
      const context = this.#contextOf(room)
      if (options.onlyFrom !== undefined) await checkMembership(draft, options.onlyFrom, context)
      const built = await buildDraft(draft, tools, context, options)
      const { policyServer } = await this.#allowOwn(built, options, context)
      return { built, policyServer }
    })
  }

  /** @throws {RoomServerError} `M_FORBIDDEN` with the rule, where the room does not allow it */
  async #allowOwn(
    built: BuiltEvent,
    options: DraftOptions,
    context: StepContext,
  ): Promise<{ readonly work: Work; readonly policyServer: PolicyServer | undefined }> {
    const { event } = built
    const work = new Work(itemOf(built, options), event, undefined)
    const outcome = await this.#runSteps(work, context, draftSteps)
    const reason = outcome.kind === 'reject' || outcome.kind === 'drop' ? outcome.reason : work.softFailure
    if (reason !== undefined) throw refusedByRules(event, reason)
    if (outcome.kind === 'ask-policy-server') return { work, policyServer: outcome.policyServer }
    if (outcome.kind !== 'next') throw new Error(`event ${event.eventId}, built here, came to ${outcome.kind}`)
    return { work, policyServer: undefined }
  }

  async #conclude(work: Work, judgement: Judgement, context: StepContext): Promise<Decided> {
    const { room, change } = context
    const row = await conclude(work, judgement, context, this.#parts.names)
    const mayCorrect = await this.#isWaitedFor(row, context)
    const committed = this.#parts.rooms.commit(room, change.toCommit())
    const merges = change.state.mergesWanted
    return { kind: 'decided', result: resultOf(work.item, work.event, judgement), committed, mayCorrect, merges }
  }

  /** Judges a provisional event again, where all that it builds on is final by now. @returns undefined where it is not */
  async correction(roomId: string, event: EventNid): Promise<{ readonly committed: Promise<unknown> } | undefined> {
    const { rooms } = this.#parts
    const room = await rooms.find(roomId)
    if (room === undefined) return undefined
    return rooms.working(room, async () => {
      const context = this.#contextOf(room)
      const found = await correctable(event, context)
      if (found === undefined) return undefined
      await correct(found, context)
      return { committed: rooms.commit(room, context.change.toCommit()) }
    })
  }

  /** Takes outliers whose form and signatures were checked, in one commit. @returns what became of each; undefined without a room */
  async outliers(
    roomId: string,
    outliers: readonly CheckedOutlier[],
  ): Promise<{ readonly results: OutlierResult[]; readonly committed: Promise<unknown> } | undefined> {
    const { rooms, names } = this.#parts
    const room = await rooms.find(roomId)
    if (room === undefined) return undefined
    return rooms.working(room, async () => {
      const context = this.#contextOf(room)
      const results = await takeOutliers(outliers, context, names)
      return { results, committed: rooms.commit(room, context.change.toCommit()) }
    })
  }

  /**
   * Judges a join, and what rests on it, by the state before it that is whole now.
   * @returns false where the state does not allow the join; undefined where the room is not known
   */
  async complete(roomId: string, join: EventNid, state: DecodedBlock): Promise<boolean | undefined> {
    const { rooms } = this.#parts
    const room = await rooms.find(roomId)
    if (room === undefined) return undefined
    return rooms.working(room, () =>
      complete(join, state, {
        context: () => this.#contextOf(room),
        commit: ({ change }) => rooms.commit(room, change.toCommit()),
      }),
    )
  }

  /** Makes a change that is no event in the room's turn. @returns undefined where the room is not known or nothing changes */
  async change(
    roomId: string,
    make: (context: StepContext) => Promise<boolean>,
  ): Promise<{ readonly committed: Promise<unknown> } | undefined> {
    const { rooms } = this.#parts
    const room = await rooms.find(roomId)
    if (room === undefined) return undefined
    return rooms.working(room, async () => {
      const context = this.#contextOf(room)
      return (await make(context)) ? { committed: rooms.commit(room, context.change.toCommit()) } : undefined
    })
  }

  /** Takes away the state of a room that nothing refers to. @returns undefined where there is none */
  async collect(
    roomId: string,
    yieldNow: () => Promise<void>,
  ): Promise<{ readonly committed: Promise<unknown>; readonly removed: RemovedState } | undefined> {
    const { reader, rooms } = this.#parts
    const room = await rooms.find(roomId)
    if (room === undefined) return undefined
    return rooms.working(room, async () => {
      const row = await reader.roomByNid(room.nid)
      const removes = row && (await findUnusedState(row, reader, yieldNow))
      if (removes === undefined) return undefined
      return { committed: rooms.commit(room, { ...new RoomChange(room).toCommit(), removes }), removed: removes }
    })
  }

  /** The provisional events of a room by rising NID, some at a time. */
  async provisionalEvents(roomId: string, after: EventNid | 0): Promise<EventNid[]> {
    const { reader } = this.#parts
    const room = await reader.room(roomId)
    if (room === undefined) return []
    return (await reader.provisionalEvents(room.room, after, provisionalPage)).map(row => row.event)
  }

  /** Stores a merge of state blocks that was made beside the work. @returns undefined where that is not needed any more */
  async merge(roomId: string, prepared: PreparedMerge): Promise<{ readonly committed: Promise<unknown> } | undefined> {
    const { rooms, states } = this.#parts
    const room = await rooms.find(roomId)
    if (room === undefined) return undefined
    return rooms.working(room, async () => {
      const change = new RoomChange(room)
      if (!(await states.addMerge(change.state, prepared))) return undefined
      return { committed: rooms.commit(room, change.toCommit()) }
    })
  }

  #runSteps(work: Work, context: StepContext, steps?: readonly Step[]): Promise<StepOutcome> {
    const { stages } = this.#parts
    return runSteps(work, context, step => stages.begin(step), steps)
  }

  /** For one turn. */
  #contextOf(room: Room): StepContext {
    const { reader, events, states, crypto, serverName, pause } = this.#parts
    return { reader, events, states, crypto, serverName, pause, room, change: new RoomChange(room) }
  }

  /** Whether provisional events may be judged for good now that this one is here, and final. */
  async #isWaitedFor(row: EventRow, { room, reader }: StepContext): Promise<boolean> {
    if (row.outlier || row.provisional || !(await room.hasWaits(reader))) return false
    return (await reader.waitingFor(room.nid, row.eventId)).length > 0
  }

  /** A room opens with its create event, or with what a join brings: outliers and an event with its state. */
  async #roomFor(item: InputItem, event: RoomEvent): Promise<Room | undefined> {
    const { rooms } = this.#parts
    const opens = event.type === 'm.room.create' || item.kind === 'outlier' || item.stateEventIds !== undefined
    return opens ? rooms.findOrOpen(item.roomId, item.roomVersion) : rooms.find(item.roomId)
  }
}

function decided(result: InputResult): Decided {
  return { kind: 'decided', result, committed: Promise.resolve(), mayCorrect: false, merges: [] }
}

function judgementOf({ softFailure }: Work, outcome: StepOutcome): Judgement {
  if (outcome.kind === 'reject') return { status: 'rejected', reason: outcome.reason }
  if (softFailure !== undefined) return { status: 'soft-failed', reason: softFailure }
  return { status: 'accepted', reason: undefined }
}

function resultOf(item: InputItem, { eventId }: RoomEvent, { status, reason }: Judgement): InputResult {
  if (reason !== undefined && status !== 'accepted') return { kind: status, eventId, reason }
  return { kind: item.kind === 'outlier' ? 'outlier' : 'accepted', eventId }
}
