/**
 * Completing the state before a join: its event IDs by `GET /state_ids`, the events that are not here by `GET /state` or, where they
 * are few, one by one; then the join and all that rests on it are judged by the whole state. What was stored stays, whatever fails
 * later, so the next try has less to do. Server-server API, "Retrieving room state".
 */
import { type Crypto, type EventId, type RoomEvent, type RoomId, rulesOf, type ServerName } from '@neurite/protocol'
import { DeadlineExceeded, type Runtime, withDeadline } from '../../runtime/index.ts'
import { type DecodedBlock, emptyBlock, GatheredEntries, keyNumber, type StateStore } from '../../state/index.ts'
import type { PartialJoinRow, Reader, RoomRow } from '../../storage/index.ts'
import { type EventNid, localOf } from '../../types/index.ts'
import type { Breathing } from '../breathing.ts'
import type { EventSource } from '../event-source.ts'
import { takeWithAuthChains } from '../fetch/fetch-auth-events.ts'
import type { FetchedEvent } from '../fetch/fetched-events.ts'
import { maxSingleEvents } from '../fetch/limits.ts'
import type { Need } from '../fetch/need.ts'
import { Sources } from '../fetch/sources.ts'
import type { InputItem, InputResult } from '../item.ts'
import type { Judge } from '../judge.ts'
import { RemoteServerError, type RemoteServers, type StateIdsAnswer } from '../remote-servers.ts'
import type { RoomQueues } from '../room-queues.ts'
import type { ServerSelection } from '../server-selection.ts'
import type { SignatureChecks } from '../signature-checks.ts'
import { untilItStands } from '../turn-lost.ts'
import type { StoredOutlier } from './outlier-batch.ts'
import { StateIntake } from './state-intake.ts'

export interface JoinCompletionParts {
  /** Our own name. */
  readonly serverName: ServerName
  /** Shows what is decided, too. */
  readonly reader: Reader
  readonly events: EventSource
  readonly states: StateStore
  readonly remote: RemoteServers
  readonly selection: ServerSelection
  readonly signatures: SignatureChecks
  readonly judge: Judge
  readonly queues: RoomQueues
  readonly runtime: Runtime
  readonly breathing: Breathing
  readonly crypto: Crypto
  /** Takes events one by one, with all that they miss. */
  readonly receive: (items: readonly InputItem[]) => Promise<InputResult[]>
  /** Called after commits: outputs may be there. */
  readonly committed: () => void
}

/** Servers need minutes for the state of the largest rooms. Milliseconds. */
const stateTimeout = 20 * 60_000
const stateIdsTimeout = 5 * 60_000
/** Event IDs taken from one answer: far more than the largest room's state and chain have. */
const maxStateIds = 1_000_000
/** Tries in which a state counts only if all of its events came. After them what nobody gives is left out, as with a whole join. */
const strictTries = 3
/** Events looked up, or taken, at once. */
const pageEvents = 1_000
const itemsAtOnce = 100

/** The join that is being completed. */
interface Joining {
  readonly row: PartialJoinRow
  readonly room: RoomRow
  readonly join: EventNid
  readonly event: RoomEvent
  readonly signal: AbortSignal
  /** The IDs of events that came and could not be taken: no other server has them otherwise. */
  readonly refused: Set<string>
  /** What was not stored when a server was asked, by ID, with what has become of it since. */
  readonly unstored: Map<string, StoredOutlier | undefined>
}

export class JoinCompletion {
  readonly #parts: JoinCompletionParts

  constructor(parts: JoinCompletionParts) {
    this.#parts = parts
  }

  /**
   * @param tries how often it was tried before
   * @returns whether there is nothing left to do
   */
  async tryOnce(row: PartialJoinRow, tries: number, signal: AbortSignal): Promise<boolean> {
    const joining = await this.#find(row, signal)
    if (joining === undefined) return true
    if (await this.#isWhole(joining)) return (await this.#complete(joining, emptyBlock)) === true
    for (const server of this.#servers(row)) {
      const state = await this.#stateFrom(server, joining, tries >= strictTries)
      if (state !== undefined && (await this.#complete(joining, state))) return true
    }
    return false
  }

  /** Undefined where the join was never taken, or nobody of this server is in the room any more. */
  async #find(row: PartialJoinRow, signal: AbortSignal): Promise<Joining | undefined> {
    const { reader, events, serverName } = this.#parts
    const room = await reader.room(row.roomId)
    if (room === undefined || (await reader.joinedMembersOfServer(room.room, serverName)) === 0) return undefined
    const join = (await reader.eventNids(room.room, [row.eventId])).get(row.eventId)
    const event = join && (await events.load([join])).get(join)
    return join === undefined || event === undefined
      ? undefined
      : { row, room, join, event, signal, refused: new Set(), unstored: new Map() }
  }

  async #isWhole({ join }: Joining): Promise<boolean> {
    const [stored] = await this.#parts.reader.events([join])
    return stored !== undefined && (await this.#parts.states.originOf(stored.snapshotBefore)) !== 'partial'
  }

  /** Who let the user in has the state before; others of the room may. */
  #servers({ via, servers }: PartialJoinRow): ServerName[] {
    const others = JSON.parse(servers) as ServerName[]
    return this.#parts.selection.order({ first: [via as ServerName], others })
  }

  async #complete({ row, join }: Joining, state: DecodedBlock): Promise<boolean | undefined> {
    const { queues, judge, committed } = this.#parts
    const result = await untilItStands(row.roomId, `the completion of join ${row.eventId}`, () =>
      queues.runNext(row.roomId, () => judge.complete(row.roomId, join, state)),
    )
    committed()
    return result
  }

  /** @returns the state before the join by a server's word; undefined where it does not say, or not all of it came */
  async #stateFrom(server: ServerName, joining: Joining, isLenient: boolean): Promise<DecodedBlock | undefined> {
    const { remote } = this.#parts
    const { row, signal } = joining
    const [roomId, eventId] = [row.roomId as RoomId, row.eventId as EventId]
    const ids = await this.#ask(server, stateIdsTimeout, signal, inTime =>
      remote.stateIds(server, roomId, eventId, inTime),
    )
    if (ids === undefined) return undefined
    await this.#fetchMissing(server, ids, joining)
    const state = await this.#entries(ids.stateIds.slice(0, maxStateIds), joining, isLenient)
    // Of a large room some 15 MB, and what comes now takes the most memory of it all. What another server is asked for is found in storage.
    joining.unstored.clear()
    return state
  }

  async #fetchMissing(server: ServerName, ids: StateIdsAnswer, joining: Joining): Promise<void> {
    const named = [...ids.stateIds, ...ids.authChainIds].slice(0, maxStateIds)
    let left = new Map<string, FetchedEvent>()
    const unstored = await this.#unstored(named, joining)
    for (const eventId of unstored) joining.unstored.set(eventId, undefined)
    if (unstored.length > maxSingleEvents) {
      const pdus = await this.#wholeState(server, joining)
      if (pdus !== undefined) left = await this.#take(server, pdus, joining)
    }
    const missing = (await this.#unstored(ids.stateIds.slice(0, maxStateIds), joining)).slice(0, maxSingleEvents)
    if (missing.length + left.size === 0) return
    for (const other of new Set([server, ...this.#servers(joining.row)])) {
      const stillMissing = await this.#unstored(missing, joining)
      if (stillMissing.length + left.size === 0) return
      await takeWithAuthChains(this.#needOf(joining), [...new Set([...stillMissing, ...left.keys()])], left, other)
      left = new Map()
    }
  }

  /** @returns the events of an answer, those that others refer to first. The caller has the only list of them, to be emptied */
  async #wholeState(server: ServerName, { row, signal }: Joining): Promise<string[] | undefined> {
    const [roomId, eventId] = [row.roomId as RoomId, row.eventId as EventId]
    const answer = await this.#ask(server, stateTimeout, signal, inTime =>
      this.#parts.remote.state(server, roomId, eventId, inTime),
    )
    return answer && [...answer.authChain, ...answer.state]
  }

  async #take(
    server: ServerName,
    pdus: string[],
    { row, room, signal, refused, unstored }: Joining,
  ): Promise<Map<string, FetchedEvent>> {
    const { reader, crypto, signatures, breathing, queues, judge } = this.#parts
    const source = { roomId: row.roomId, roomVersion: room.roomVersion, origin: server }
    const intake = new StateIntake(source, {
      ...{ reader, crypto, signatures, signal },
      pause: () => breathing.pause(),
      unstored,
      store: outliers =>
        untilItStands(row.roomId, `the state before join ${row.eventId}`, () =>
          queues.runNext(row.roomId, () => judge.outliers(row.roomId, outliers)),
        ),
    })
    const left = await intake.take(pdus)
    for (const eventId of intake.refused) refused.add(eventId)
    return left
  }

  /** What the events of a state are, where it is one: all of them stored, all state, no two for one type and state key. */
  async #entries(stateIds: readonly string[], joining: Joining, isLenient: boolean): Promise<DecodedBlock | undefined> {
    const { breathing } = this.#parts
    const entries = new GatheredEntries()
    let isState = true
    for (let at = 0; at < stateIds.length; at += pageEvents) {
      await breathing.pause()
      const page = stateIds.slice(at, at + pageEvents)
      const stored = await this.#stored(page, joining)
      for (const eventId of page) {
        const row = stored.get(eventId)
        if (row === undefined && joining.refused.has(eventId)) continue
        if (row === undefined || row.stateKey === 0) isState = false
        else if (row.status !== 'rejected') entries.add(keyNumber(row.type, row.stateKey), localOf(row.event))
      }
    }
    const { block, areDoubled } = entries.toBlock()
    return (isState && !areDoubled) || isLenient ? block : undefined
  }

  async #stored(eventIds: readonly string[], { room, unstored }: Joining): Promise<ReadonlyMap<string, StoredOutlier>> {
    const { reader } = this.#parts
    const found = new Map<string, StoredOutlier>()
    const others: string[] = []
    for (const eventId of eventIds) {
      const known = unstored.get(eventId)
      if (known === undefined) others.push(eventId)
      else found.set(eventId, known)
    }
    if (others.length === 0) return found
    const nids = await reader.eventNids(room.room, others)
    for (const row of await reader.events([...nids.values()])) found.set(row.eventId, row)
    return found
  }

  async #unstored(eventIds: readonly string[], { room, refused, unstored }: Joining): Promise<string[]> {
    const { reader, breathing } = this.#parts
    const missing: string[] = []
    for (let at = 0; at < eventIds.length; at += pageEvents) {
      await breathing.pause()
      const page = eventIds.slice(at, at + pageEvents).filter(eventId => unstored.get(eventId) === undefined)
      const stored = await reader.eventNids(room.room, page)
      for (const eventId of page) if (!stored.has(eventId) && !refused.has(eventId)) missing.push(eventId)
    }
    return missing
  }

  /** What single events are fetched with. */
  #needOf({ row, room, event }: Joining): Need {
    const { remote, selection, reader, crypto, receive, breathing } = this.#parts
    const { roomId } = row
    return {
      item: { kind: 'outlier', roomId, roomVersion: rulesOf(room.roomVersion).version, pdu: '', origin: row.via },
      ...{ event, eventIds: [], reader, crypto },
      sources: new Sources(remote, this.#servers(row), selection),
      intake: {
        take: items => this.#receiveInParts(items, receive),
        inHand: () => undefined,
        mayCloseGaps: false,
        isRetry: true,
      },
      isPartial: true,
      pause: () => breathing.pause(),
    }
  }

  async #receiveInParts(items: readonly InputItem[], receive: JoinCompletionParts['receive']): Promise<InputResult[]> {
    const results: InputResult[] = []
    for (let at = 0; at < items.length; at += itemsAtOnce)
      results.push(...(await receive(items.slice(at, at + itemsAtOnce))))
    return results
  }

  /** Asks for much: how long that takes says nothing of how fast a server is. */
  async #ask<T>(
    server: ServerName,
    timeout: number,
    signal: AbortSignal,
    question: (inTime: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    const { runtime, selection } = this.#parts
    try {
      return await withDeadline(runtime.timers, timeout, question, signal)
    } catch (error) {
      if (!(error instanceof RemoteServerError || error instanceof DeadlineExceeded)) throw error
      selection.failed(server, error instanceof RemoteServerError ? error.retryAfter : undefined)
      return undefined
    }
  }
}
