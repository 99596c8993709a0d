/**
 * A room that is given and asked through the contract of the room server, over HTTP: nothing else of the server is seen.
 */
import { canonicalJson, nodeCrypto, readPdu, type ServerName, type VerifyKeys } from '@neurite/protocol'
import { type RemoteServers, RoomServer } from '@neurite/roomserver'
import { type InputResultInfo, RoomServerError } from '@neurite/roomserver/api'
import { defaultBodyLimit, type HttpRoomServer, httpRoomServer, roomServerRoutes } from '@neurite/roomserver/inthttp'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { Storage } from '@neurite/roomserver/storage'
import Fastify from 'fastify'
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

const ourselves = 'replay.invalid' as ServerName

export class ContractRoom implements RoomUnderTest {
  readonly #file: RoomFile
  readonly #api: HttpRoomServer
  readonly #close: () => Promise<void>

  private constructor(file: RoomFile, api: HttpRoomServer, close: () => Promise<void>) {
    this.#file = file
    this.#api = api
    this.#close = close
  }

  /** Starts a room server on a storage, and its contract on a free port. */
  static async open(
    file: RoomFile,
    keys: VerifyKeys,
    storage: Storage,
    remoteServers: RemoteServers,
  ): Promise<ContractRoom> {
    const keyRing = { keysFor: () => Promise.resolve({ keys, mayTurnUp: () => false }), known: keys }
    const server = await RoomServer.open({
      ...{ serverName: ourselves, storage, remoteServers, keyRing, runtime: nodeRuntime, crypto: nodeCrypto },
    })
    const secret = Buffer.from(nodeRuntime.randomness.bytes(16)).toString('hex')
    const fastify = Fastify({ bodyLimit: defaultBodyLimit })
    await roomServerRoutes(fastify, { api: server.api, secret, timers: nodeRuntime.timers })
    const api = httpRoomServer({ url: await fastify.listen({ host: '127.0.0.1', port: 0 }), secret })
    return new ContractRoom(file, api, async () => {
      await api.close()
      await fastify.close()
      await server.close()
    })
  }

  async receive(events: readonly ArrivingEvent[]): Promise<Outcome[]> {
    const { roomId, rules } = this.#file
    const items = events.map(({ pdu, from }) => ({
      ...({ kind: 'new', roomId, roomVersion: rules.version, pdu, origin: from } as const),
    }))
    const { results } = await this.#api.inputRoomEvents({ items })
    for (const { kind, eventId = '', reason } of results) {
      if (kind === 'known') throw new RepeatedEventError(eventId)
      if (kind === 'waiting') throw new MissingEventError(eventId, reason?.reason ?? '')
    }
    const outcomes: Outcome[] = []
    for (const [at, result] of results.entries())
      outcomes.push(await this.#outcome(result, (events[at] as ArrivingEvent).pdu))
    return outcomes
  }

  async #outcome({ kind, eventId, reason }: InputResultInfo, pdu: string): Promise<Outcome> {
    if (kind === 'failed' || kind === 'waiting') throw new Error(`${eventId ?? pdu}: ${kind}: ${reason?.reason}`)
    const isDenied = kind === 'rejected' || kind === 'dropped'
    return {
      eventId,
      verdict: isDenied ? kind : 'accepted',
      check: isDenied && reason !== undefined ? (checkNames[reason.check] ?? reason.check) : undefined,
      reason: reason && `${reason.rule}: ${reason.reason}`,
      softFailed: kind === 'soft-failed',
      redacted: kind !== 'dropped' && (await this.#isRedacted(eventId as string, pdu)),
    }
  }

  /** Whether its content did not fit its hash: then what is given out must be its redacted form. */
  async #isRedacted(eventId: string, pdu: string): Promise<boolean> {
    const { event, contentHashMatches } = readPdu(pdu, this.#file.rules, nodeCrypto)
    if (contentHashMatches) return false
    const { events } = await this.#api.queryEventsById({ roomId: this.#file.roomId, eventIds: [eventId] })
    if (events[0]?.pdu !== canonicalJson(event.redacted().json))
      throw new Error(`event ${eventId} has a wrong hash and is not given out redacted`)
    return true
  }

  async stateBefore(eventId: string): Promise<StateUnderTest | undefined> {
    const asked = this.#api.queryStateAtEvent({ roomId: this.#file.roomId, eventId, when: 'before' })
    const state = await orNothing(asked)
    return state && { id: eventId, rows: state.entries }
  }

  async currentState(): Promise<StateUnderTest> {
    const current = await orNothing(this.#api.queryCurrentState({ roomId: this.#file.roomId }))
    const rows = (current?.state ?? []).map(({ pdu, eventId }): StateRow => {
      const { type, state_key } = JSON.parse(pdu) as { type: string; state_key: string }
      return [type, state_key, eventId]
    })
    return { id: this, rows }
  }

  async forwardExtremities(): Promise<string[]> {
    const latest = await orNothing(this.#api.queryLatestEventsAndState({ roomId: this.#file.roomId, state: [] }))
    return (latest?.forwardExtremities ?? []).toSorted()
  }

  close(): Promise<void> {
    return this.#close()
  }
}

/** @returns undefined where the room server does not know the room or event */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof RoomServerError && error.errcode === 'M_NOT_FOUND') return undefined
    throw error
  }
}
