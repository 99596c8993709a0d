/**
 * The input of the room server: takes events, keeps them durably where nobody waits for them, and sees each through its room.
 * Events of one room go one after the other, rooms side by side. The way of an event: docs/way-of-an-event.md.
 */
import {
  type BuiltEvent,
  belongsTo,
  type Crypto,
  encodeBase64Url,
  type RoomEvent,
  type ServerName,
  type Signer,
} from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import type { Runtime } from '../runtime/index.ts'
import type { StateStore, WantedMerge } from '../state/index.ts'
import type { Storage } from '../storage/index.ts'
import type { EventNid, QueueRowNid } from '../types/index.ts'
import { type Arrival, type Arrived, arrive } from './arrival.ts'
import { Breathing } from './breathing.ts'
import { type DraftOptions, type DraftTools, type EventDraft, itemOf } from './draft.ts'
import { DurableQueue, type TriedItem } from './durable-queue.ts'
import type { Intake } from './fetch/need.ts'
import type { Fetcher } from './fetcher.ts'
import { followNote } from './follow-note.ts'
import { type GivenLater, stateGivenLater } from './given-state.ts'
import { inParts } from './in-parts.ts'
import type { InputItem, InputResult } from './item.ts'
import type { Judge, Turn, Unsigned } from './judge.ts'
import { mayFetch, waiting } from './missing.ts'
import type { PolicySignatures } from './policy-signatures.ts'
import { QueueBound, type QueueBoundLimits } from './queue-bound.ts'
import { doubt, doubtedAtOnce, forgetResolutions, settleCurrentState } from './repair.ts'
import { RoomCorrections } from './room-corrections.ts'
import type { RoomQueues, RoomTurn } from './room-queues.ts'
import type { SignatureChecks } from './signature-checks.ts'
import type { SpamGuard } from './spam-guard.ts'
import type { Stages } from './stages.ts'
import type { StepContext } from './step.ts'
import { isToBeTakenAgain, maxTurns, movedOnTooOften, untilItStands } from './turn-lost.ts'

export interface InputParts {
  readonly storage: Storage
  readonly crypto: Crypto
  readonly signatures: SignatureChecks
  readonly spamGuard: SpamGuard
  readonly policySignatures: PolicySignatures
  readonly judge: Judge
  readonly states: StateStore
  readonly queues: RoomQueues
  readonly fetcher: Fetcher
  readonly stages: Stages
  readonly runtime: Runtime
  readonly queueBound: Partial<QueueBoundLimits> | undefined
  /** Our key as it is now. */
  readonly signer: () => Signer
  /** Called after each commit: outputs may be there. */
  readonly committed: () => void
  /** Told of failures in work that nobody waits for. What it was about is still in the durable queue. */
  readonly failed: (error: unknown) => void
}

/** How often what an event misses is fetched: each time it may turn out to miss more. */
const maxFetches = 5
/** Of the IDs of our events in room versions that do not take them from hashes: none twice, ever. */
const idLocalpartBytes = 18

/** What became of a draft. */
export interface SentEvent {
  readonly eventId: string
  /** Undefined where the state had it already, and nothing was sent. */
  readonly built: BuiltEvent | undefined
}

export class Input {
  readonly #parts: InputParts
  readonly #durable: DurableQueue
  readonly #breathing: Breathing
  readonly #inHand = new Map<string, Promise<InputResult>>()
  readonly #corrections: RoomCorrections
  readonly #underWay = new Set<Promise<unknown>>()

  constructor(parts: InputParts) {
    this.#parts = parts
    const { storage, runtime, failed, fetcher } = parts
    this.#breathing = new Breathing(runtime)
    this.#corrections = new RoomCorrections(parts)
    this.#durable = new DurableQueue({
      storage,
      clock: runtime.clock,
      timers: runtime.timers,
      bound: new QueueBound(storage, parts.crypto, parts.queueBound),
      take: (item, row, isRetry) => this.#take(item, row, 0, isRetry),
      follow: note =>
        followNote(note, {
          ...{ reader: storage.reader, fetcher },
          take: item => this.#take(item, undefined, 0),
          keep: tried => this.keep(tried),
        }),
      failed,
    })
  }

  /**
   * Takes items and waits until each is decided and on disk. Results are in the order of the items.
   */
  receive(items: readonly InputItem[]): Promise<InputResult[]> {
    return Promise.all(items.map(item => this.#take(item, undefined, 0)))
  }

  /**
   * Builds, judges and takes an event of a local user, in one turn of its room: on disk when it resolves.
   * @throws {RoomServerError} `M_NOT_FOUND`, `M_FORBIDDEN` with the rule, `M_TOO_LARGE`, `M_BAD_JSON`: nothing was taken
   * @throws {MembershipIsAnother} where that was asked for; {@link RoomQueueFull}
   */
  async send(roomId: string, draft: EventDraft, options: DraftOptions): Promise<SentEvent> {
    const { judge, stages } = this.#parts
    return untilItStands(roomId, `a ${draft.type} of ${draft.sender}`, async () => {
      const turn = await this.#inTurn(roomId, async () => {
        const drafted = await judge.draft(roomId, draft, this.#draftTools(), options)
        if (drafted.kind === 'decided') this.#follow(roomId, drafted)
        return drafted
      })
      if (turn.kind === 'ask-policy-server') return this.#sendSigned(turn, options)
      await turn.committed
      stages.ended(turn.result.kind)
      return { eventId: turn.result.eventId as string, built: turn.built }
    })
  }

  /**
   * Builds and judges an event in a turn of its room, and takes nothing: it goes to another server, to be completed or signed.
   * @throws {RoomServerError} as {@link send}; {@link MembershipIsAnother}; {@link RoomQueueFull}
   */
  async propose(roomId: string, draft: EventDraft, options: DraftOptions): Promise<BuiltEvent> {
    const { queues, judge, policySignatures, signer } = this.#parts
    const { built, policyServer } = await untilItStands(roomId, `a ${draft.type} of ${draft.sender}`, () =>
      queues.run(roomId, () => judge.proposal(roomId, draft, this.#draftTools(), options)),
    )
    // What another server completes is for that server to have signed.
    if (policyServer === undefined || !belongsTo(draft.sender, signer().server)) return built
    return policySignatures.sign(built, policyServer)
  }

  /** An event that is signed by the room's policy server as well, in place of what was built: then it is taken where it was built. */
  async #sendSigned({ built, policyServer }: Unsigned, options: DraftOptions): Promise<SentEvent> {
    const signed = await this.#parts.policySignatures.sign(built, policyServer)
    const { event } = signed
    const [result] = await this.receive([itemOf(signed, options)])
    if (result?.kind === 'accepted' || result?.kind === 'known') return { eventId: event.eventId, built: signed }
    const why = result !== undefined && 'reason' in result ? result.reason?.reason : undefined
    throw new RoomServerError('M_FORBIDDEN', `${event.type} of ${event.sender} is ${result?.kind}: ${why}`)
  }

  /**
   * Takes items of one room through the durable queue, all or none of them, in order, and waits until each is decided: what a crash
   * interrupts goes on after it.
   */
  receiveDurably(items: readonly InputItem[]): Promise<InputResult[]> {
    return this.#track(this.#durable.addInOrder(items))
  }

  /**
   * Takes items and returns once they are in the durable queue. What becomes of them shows in the output.
   */
  async enqueue(items: readonly InputItem[]): Promise<void> {
    for (const work of await this.#durable.add(items)) this.#track(work).catch(this.#parts.failed)
  }

  /** Keeps items that were taken just now and could not be decided: each has its next try when it is due. */
  keep(tried: readonly TriedItem[]): Promise<void> {
    return this.#durable.addTried(tried)
  }

  /** Resolves once nothing that was taken is still being worked on, corrections included. */
  async whenIdle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled([...this.#underWay])
  }

  /** Takes up what the durable queue holds, as after a start. Resolves when all of it that is due was tried. */
  resume(): Promise<void> {
    return this.#track(this.#durable.takeDue())
  }

  /** A room's queue in memory has room again. */
  roomAgain(roomId: string): void {
    this.#track(this.#durable.takeRoom(roomId)).catch(this.#parts.failed)
  }

  /** Takes away the state of a room that nothing refers to, in a turn of its own. @returns how many snapshots and blocks went */
  async collect(roomId: string): Promise<{ readonly snapshots: number; readonly blocks: number }> {
    const { queues, judge, runtime } = this.#parts
    return untilItStands(roomId, 'the collection of its state', async () => {
      const collected = await queues.run(roomId, () => judge.collect(roomId, () => runtime.timers.yieldNow()))
      await collected?.committed
      const { snapshots, blocks } = collected?.removed ?? { snapshots: [], blocks: [] }
      return { snapshots: snapshots.length, blocks: blocks.length }
    })
  }

  /** Works out anew the states of events that are doubtful (recompute.ts), and the current state after them. */
  async repair(roomId: string, doubtful: readonly EventNid[]): Promise<void> {
    await this.#change(roomId, forgetResolutions)
    for (let at = 0; at < doubtful.length; at += doubtedAtOnce)
      await this.#change(roomId, context => doubt(doubtful.slice(at, at + doubtedAtOnce), context))
    await this.#corrections.untilNoneChanges(roomId)
    await this.settle(roomId)
  }

  /** Brings the current state, and what is kept of its members, to what follows from the graph. @returns false where it was so */
  settle(roomId: string): Promise<boolean> {
    return this.#change(roomId, context => settleCurrentState(context, () => this.#breathing.pause()))
  }

  /**
   * Asks servers for the state before an event that is here, and lets it count where nothing more certain is known.
   * @param servers in the order in which they are asked
   * @returns undefined where none of them can say
   */
  async takeStateBefore(
    nid: EventNid,
    event: RoomEvent,
    servers: readonly ServerName[],
  ): Promise<GivenLater | undefined> {
    const stateEventIds = await this.#parts.fetcher.stateBefore(event, servers, this.#intake(1, false))
    if (stateEventIds === undefined) return undefined
    let outcome: GivenLater = 'same'
    await this.#change(event.roomId, async context => {
      outcome = await stateGivenLater(nid, stateEventIds, context)
      return outcome === 'counts'
    })
    return outcome
  }

  async #change(roomId: string, make: (context: StepContext) => Promise<boolean>): Promise<boolean> {
    const { queues, judge, committed } = this.#parts
    return untilItStands(roomId, 'a change of what is kept of it', async () => {
      const change = await queues.runNext(roomId, () => judge.change(roomId, make))
      await change?.committed
      if (change !== undefined) committed()
      return change !== undefined
    })
  }

  /** A server has sent something: it is asked again, however it fared before. */
  heardFrom(server: ServerName): void {
    this.#parts.fetcher.heardFrom(server)
  }

  /** Takes nothing up any more. */
  close(): void {
    this.#durable.close()
  }

  /** @param depth how many fetches for other events this one is part of */
  async #take(
    item: InputItem,
    queueRow: QueueRowNid | undefined,
    depth: number,
    isRetry = false,
  ): Promise<InputResult> {
    const { stages } = this.#parts
    const arriving = this.#breathing.pause().then(() => stages.timed('checks', () => arrive(item, this.#parts)))
    // The place in the room's queue is taken at once, so that events stay in order however long their signatures take.
    const first = this.#inTurn(item.roomId, async turn => this.#turn(item, await turn.away(() => arriving), queueRow))
    const arrival = await Promise.race([arriving, first.then(() => arriving)])
    if (arrival.kind === 'ended') {
      await first
      stages.ended(arrival.result.kind)
      return arrival.result
    }
    const { eventId } = arrival.event
    const seeing = this.#see(item, arrival, first, queueRow, { depth, isRetry })
    this.#inHand.set(eventId, seeing)
    try {
      const result = await seeing
      stages.ended(result.kind)
      if (result.kind !== 'waiting') this.#durable.arrived(eventId)
      return result
    } finally {
      if (this.#inHand.get(eventId) === seeing) this.#inHand.delete(eventId)
    }
  }

  /** Sees an event through: again when the room moved on, and when what it missed was fetched. */
  async #see(
    item: InputItem,
    arrival: Arrived,
    first: Promise<Turn>,
    queueRow: QueueRowNid | undefined,
    { depth, isRetry }: { readonly depth: number; readonly isRetry: boolean },
  ): Promise<InputResult> {
    const { fetcher, policySignatures, stages } = this.#parts
    const { event } = arrival
    let arrived = arrival
    let taken = item
    let turn = first
    for (let turns = 0, fetches = 0, asked = 0; turns < maxTurns; ) {
      const outcome = await standing(turn)
      if (outcome === 'lost') turns++
      else if (outcome.kind === 'decided') return outcome.result
      else if (outcome.kind === 'ask-policy-server') {
        // Asked again only where the room has another by now.
        if (asked++ >= maxFetches) throw movedOnTooOften(item.roomId, `event ${event.eventId}`)
        arrived = await policySignatures.settle(arrived, outcome.policyServer)
      } else {
        if (fetches++ >= maxFetches || !mayFetch(item, outcome.needs, depth))
          return waiting(event.eventId, outcome.needs)
        const { needs } = outcome
        const intake = this.#intake(depth, isRetry)
        const fetched = await stages.timed('fetch', () => fetcher.fetch(item, event, needs, intake))
        if (fetched.kind === 'nothing') return waiting(event.eventId, outcome.needs)
        if (fetched.stateEventIds !== undefined) taken = { ...item, stateEventIds: fetched.stateEventIds }
      }
      const [again, as] = [taken, arrived]
      turn = this.#inTurn(item.roomId, () => this.#turn(again, as, queueRow))
    }
    throw movedOnTooOften(item.roomId, `event ${event.eventId}`)
  }

  /** Runs work in a room's turn, and tells how long it waited for that. */
  #inTurn<T>(roomId: string, work: (turn: RoomTurn) => Promise<T>): Promise<T> {
    const { queues, stages } = this.#parts
    const begun = stages.begin('queue')
    return queues.run(roomId, turn => {
      begun()
      return work(turn)
    })
  }

  #intake(depth: number, isRetry: boolean): Intake {
    return {
      take: items => inParts(items, item => this.#take(item, undefined, depth + 1)),
      inHand: eventId => this.#inHand.get(eventId),
      mayCloseGaps: depth === 0,
      isRetry,
    }
  }

  async #turn(item: InputItem, arrival: Arrival, queueRow: QueueRowNid | undefined): Promise<Turn> {
    if (arrival.kind === 'ended')
      return { kind: 'decided', result: arrival.result, committed: Promise.resolve(), mayCorrect: false, merges: [] }
    await this.#breathing.pause()
    const turn = await this.#parts.judge.turn(item, arrival, queueRow)
    if (turn.kind === 'decided') this.#follow(item.roomId, turn)
    return turn
  }

  /** What a decided turn brings about, once it is on disk or beside it. */
  #follow(roomId: string, { committed, mayCorrect, merges }: Extract<Turn, { kind: 'decided' }>): void {
    const end = this.#parts.stages.begin('commit')
    committed.then(() => {
      end()
      this.#parts.committed()
    }, end)
    if (mayCorrect) this.#track(this.#corrections.correct(roomId)).catch(this.#parts.failed)
    for (const merge of merges) this.#track(this.#merge(roomId, merge)).catch(this.#parts.failed)
  }

  #draftTools(): DraftTools {
    const { crypto, signer, runtime } = this.#parts
    const newIdLocalpart = () => encodeBase64Url(runtime.randomness.bytes(idLocalpartBytes))
    return { signer: signer(), crypto, now: runtime.clock.now(), newIdLocalpart }
  }

  /** Makes a large merge of state blocks beside the work, and stores it in a turn of its own. */
  async #merge(roomId: string, wanted: WantedMerge): Promise<void> {
    const { queues, judge, states } = this.#parts
    const prepared = await states.prepareMerge(wanted)
    if (prepared === undefined) return
    try {
      const merge = await queues.runNext(roomId, () => judge.merge(roomId, prepared))
      await merge?.committed
    } catch (error) {
      states.dropMerge(prepared)
      // It is wanted again as soon as the room needs it.
      if (!isToBeTakenAgain(error)) throw error
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work)
    const done = () => this.#underWay.delete(work)
    work.then(done, done)
    return work
  }
}

/** @returns how a turn ended, once the disk has what was decided in it; `lost` where it is to be taken again */
async function standing(turn: Promise<Turn>): Promise<Turn | 'lost'> {
  try {
    const outcome = await turn
    if (outcome.kind === 'decided') await outcome.committed
    return outcome
  } catch (error) {
    if (!isToBeTakenAgain(error)) throw error
    return 'lost'
  }
}
