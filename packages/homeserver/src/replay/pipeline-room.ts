/**
 * A room that goes through the whole pipeline into a database: what came out is read back from storage.
 */
import { canonicalJson, nodeCrypto, readPdu, type ServerName, type VerifyKeys } from '@neurite/protocol'
import type { InputItem, InputResult, RemoteServers, RoomServer } from '@neurite/roomserver'
import { RoomServer as Server } from '@neurite/roomserver'
import { nodeRuntime, type Runtime } from '@neurite/roomserver/runtime'
import type { EventRow, Storage } from '@neurite/roomserver/storage'
import type { StateSnapshotNid } from '@neurite/roomserver/types'
import type { RoomFile, StateRow } from './room-file.ts'
import {
  type ArrivingEvent,
  checkNames,
  MissingEventError,
  type Outcome,
  RepeatedEventError,
  type RoomUnderTest,
  type StateUnderTest,
} from './room-under-test.ts'

/** The server that replays: none of those in the files. */
const ourselves = 'replay.invalid' as ServerName

export class PipelineRoom implements RoomUnderTest {
  readonly #file: RoomFile
  readonly #server: RoomServer

  private constructor(file: RoomFile, server: RoomServer) {
    this.#file = file
    this.#server = server
  }

  static async open(
    file: RoomFile,
    keys: VerifyKeys,
    storage: Storage,
    remoteServers: RemoteServers,
    runtime: Runtime = nodeRuntime,
  ): Promise<PipelineRoom> {
    const answers = { keys, mayTurnUp: () => false }
    const keyRing = { keysFor: () => Promise.resolve(answers), known: keys }
    const server = await Server.open({
      serverName: ourselves,
      storage,
      remoteServers,
      keyRing,
      runtime,
      crypto: nodeCrypto,
    })
    return new PipelineRoom(file, server)
  }

  async receive(events: readonly ArrivingEvent[]): Promise<Outcome[]> {
    const results = await this.#server.receive(events.map(event => this.#item(event)))
    for (const result of results) {
      if (result.kind === 'known') throw new RepeatedEventError(result.eventId)
      if (result.kind === 'waiting') throw new MissingEventError(result.eventId ?? '', result.reason.reason)
    }
    return Promise.all(results.map((result, index) => this.#outcome(result, (events[index] as ArrivingEvent).pdu)))
  }

  /** Gives one event, which may be here already or have to wait. */
  async give(event: ArrivingEvent): Promise<Outcome> {
    const [result] = await this.#server.receive([this.#item(event)])
    return this.#outcome(result as InputResult, event.pdu)
  }

  /** Resolves when nothing is provisional any more. @throws where that does not come about */
  async whenCorrected(): Promise<void> {
    const { reader } = this.#server
    const room = await reader.room(this.#file.roomId)
    if (room === undefined) return
    await this.#server.whenIdle()
    const [left] = await reader.provisionalEvents(room.room, 0, 1)
    if (left !== undefined) throw new Error(`event ${left.eventId} is still provisional`)
  }

  /** What an event counts as now: as its row says, where it is stored. */
  async verdictNow(event: ArrivingEvent, before: Outcome): Promise<Outcome> {
    const row = before.eventId === undefined ? undefined : await this.#row(before.eventId)
    if (row === undefined) return before
    const { eventId, reason } = row
    const rejected = row.status === 'rejected'
    return {
      eventId,
      verdict: rejected ? 'rejected' : 'accepted',
      check: rejected ? reason?.check : undefined,
      reason: reason && `${reason.rule}: ${reason.reason}`,
      softFailed: row.status === 'soft-failed',
      redacted: await this.#isRedacted(eventId, event.pdu),
    }
  }

  #item({ pdu, from }: ArrivingEvent): InputItem {
    const { roomId, rules } = this.#file
    return { kind: 'new', roomId, roomVersion: rules.version, pdu, origin: from }
  }

  async #outcome(result: InputResult, pdu: string): Promise<Outcome> {
    const { eventId } = result
    const reason = 'reason' in result ? result.reason : undefined
    const check = reason === undefined ? undefined : (checkNames[reason.check] ?? reason.check)
    const isDenied = result.kind === 'rejected' || result.kind === 'dropped'
    return {
      eventId,
      verdict: verdictOf(result),
      check: isDenied ? check : undefined,
      reason: reason && `${reason.rule}: ${reason.reason}`,
      softFailed: result.kind === 'soft-failed',
      redacted: result.kind !== 'dropped' && result.kind !== 'waiting' && (await this.#isRedacted(result.eventId, pdu)),
    }
  }

  /** Whether what is stored is the redacted form of what came. */
  async #isRedacted(eventId: string, pdu: string): Promise<boolean> {
    const row = await this.#row(eventId)
    const stored = row === undefined ? undefined : (await this.#server.reader.eventJson([row.event])).get(row.event)
    if (stored === undefined) throw new Error(`event ${eventId} was taken and is not stored`)
    const { event, contentHashMatches } = readPdu(pdu, this.#file.rules, nodeCrypto)
    const isRedacted = stored === canonicalJson(event.redacted().json)
    if (!contentHashMatches && !isRedacted)
      throw new Error(`event ${eventId} has a wrong hash and is not stored redacted`)
    return !contentHashMatches
  }

  async stateBefore(eventId: string): Promise<StateUnderTest | undefined> {
    const row = await this.#row(eventId)
    return row === undefined ? undefined : this.#state(row.snapshotBefore)
  }

  async currentState(): Promise<StateUnderTest> {
    const room = await this.#server.reader.room(this.#file.roomId)
    return this.#state(room?.currentSnapshot ?? 0)
  }

  async forwardExtremities(): Promise<string[]> {
    const room = await this.#server.reader.room(this.#file.roomId)
    const rows = await this.#server.reader.events(room?.forwardExtremities ?? [])
    return rows.map(row => row.eventId).sort()
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  async #row(eventId: string): Promise<EventRow | undefined> {
    const { reader } = this.#server
    const room = await reader.room(this.#file.roomId)
    const nid = room && (await reader.eventNids(room.room, [eventId])).get(eventId)
    return nid && (await reader.events([nid]))[0]
  }

  async #state(snapshot: StateSnapshotNid | 0): Promise<StateUnderTest> {
    const { reader, states } = this.#server
    const view = await states.view(snapshot)
    const entries = [...view.entries()]
    const types = await reader.eventTypes(entries.map(entry => entry.type))
    const keys = await reader.stateKeys(entries.map(entry => entry.stateKey))
    const events = new Map(
      (await reader.events(entries.map(entry => entry.event))).map(row => [row.event, row.eventId]),
    )
    const rows = entries.map((entry): StateRow => {
      const row = [types.get(entry.type), keys.get(entry.stateKey), events.get(entry.event)]
      if (row.includes(undefined))
        throw new Error(`snapshot ${snapshot} has an entry that names nothing: ${JSON.stringify(entry)}`)
      return row as unknown as StateRow
    })
    return { id: snapshot, rows }
  }
}

function verdictOf({ kind }: InputResult): Outcome['verdict'] {
  return kind === 'soft-failed' || kind === 'outlier' || kind === 'known' ? 'accepted' : kind
}
