/**
 * A server under attack, as a process of its own, with a room that has nothing to do with it. After each attack: that room is as it was
 * and takes a message at once, the process lives, its event loop was never held up for long, and the attacked room takes events.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { message, type Told } from '@neurite/roomserver/input/testing'
import { Authority, json, type Script } from '../../src/federation/testing/index.ts'
import { neuritePeer } from '../interop/neurite-peer.ts'
import type { Peer, Verdict } from '../interop/peer.ts'
import { until } from '../interop/until.ts'
import { User } from '../interop/user.ts'
import { type AttackedRoom, asJson, Liar, roomVersion } from './liar.ts'

/** What an attack may do to the event loop at most. Milliseconds. */
const loopHeldUp = 100
/** And to the attacked room. */
const roomHeld = 30_000
/** A message in a room that has nothing to do with it is there within so long, on a machine that does other things too. */
const prompt = 2_000

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const portFileVariable = 'LOOP_PROBE_PORT_FILE'

export class HostileWorld {
  readonly peer: Peer
  readonly liar: Liar
  readonly ann: User
  readonly #folder: string
  readonly #probe: string
  readonly #quietRoom: string
  readonly #quietState: string
  #pid: number | undefined

  private constructor(
    folder: string,
    {
      peer,
      liar,
      ann,
      probe,
    }: { readonly peer: Peer; readonly liar: Liar; readonly ann: User; readonly probe: string },
    quiet: { readonly room: string; readonly state: string },
  ) {
    this.#folder = folder
    this.peer = peer
    this.liar = liar
    this.ann = ann
    this.#probe = probe
    this.#quietRoom = quiet.room
    this.#quietState = quiet.state
  }

  /** @param options.privateAddresses false: it connects to nobody on its own machine, the liar included */
  static async open(options: { readonly privateAddresses?: boolean } = {}): Promise<HostileWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'neurite-hostile-'))
    const authority = new Authority('made-up authority of liars')
    const portFile = join(folder, 'probe-port')
    process.env[portFileVariable] = portFile
    const imports = [new URL('./loop-probe.ts', import.meta.url)]
    const peer = await neuritePeer(join(folder, 'attacked'), authority, { imports, ...options })
    process.once('exit', () => peer.kill())
    await peer.start()
    const liar = await Liar.start(authority, peer)
    const ann = await User.register(peer, 'ann')
    const probe = `http://127.0.0.1:${readFileSync(portFile, 'utf8')}`
    const room = await ann.createRoom({ preset: 'public_chat', room_version: roomVersion, name: 'quiet' })
    const world = new HostileWorld(folder, { peer, liar, ann, probe }, { room, state: await stateAsText(ann, room) })
    await world.#loopDelay()
    return world
  }

  /** A room of the server under attack with one of the liar's users in it. */
  async attackedRoom(): Promise<AttackedRoom> {
    const roomId = await this.ann.createRoom({ preset: 'public_chat', room_version: roomVersion, name: 'attacked' })
    return this.liar.join(roomId)
  }

  /** What the server made of events; undefined: it has none such. */
  async verdicts({ roomId }: AttackedRoom, ...told: readonly Told[]): Promise<(Verdict | undefined)[]> {
    const eventIds = told.map(({ event }) => event.eventId)
    const found = await this.peer.verdicts(roomId, eventIds)
    return eventIds.map(eventId => found.get(eventId))
  }

  /** @returns the milliseconds that the event loop was held up at most since this was last asked */
  async #loopDelay(): Promise<number> {
    const { longest, pid } = (await (await fetch(this.#probe)).json()) as { longest: number; pid: number }
    this.#pid ??= pid
    assert.equal(pid, this.#pid, 'it is the process that was attacked')
    return longest
  }

  /** What holds after any attack. */
  async unharmed(attacked?: AttackedRoom): Promise<void> {
    const { ann } = this
    const began = performance.now()
    const said = await ann.say(this.#quietRoom, 'all is quiet')
    await ann.sees(this.#quietRoom, said)
    const took = performance.now() - began
    assert.ok(took <= prompt, `a message in another room took ${Math.round(took)} ms`)
    assert.equal(await stateAsText(ann, this.#quietRoom), this.#quietState, 'the other room is as it was')
    if (attacked !== undefined) await this.#stillWorks(attacked)
    const delay = await this.#loopDelay()
    assert.ok(delay <= loopHeldUp, `the event loop was held up for ${Math.round(delay)} ms`)
  }

  /** The attacked room takes an event of its own people, and an honest one of the liar's. */
  async #stillWorks({ roomId, teller, eve, joined }: AttackedRoom): Promise<void> {
    const began = performance.now()
    const { ann, liar } = this
    await ann.sees(roomId, await ann.say(roomId, 'still here'))
    const honest = teller.tell({ type: 'm.room.message', sender: eve, content: { body: 'honestly' } }, joined)
    const { [honest.event.eventId]: result } = await liar.send(honest)
    assert.deepEqual(result, {}, 'an honest event is taken')
    await until('an honest event is taken', () => liar.has(honest.event.eventId))
    const took = performance.now() - began
    assert.ok(took <= roomHeld, `the attacked room was held for ${Math.round(took)} ms`)
  }

  /** Stops the server, and has its database checked. */
  async close(): Promise<void> {
    await this.liar.close()
    await this.peer.stop()
    await this.peer.gateway.close()
    const database = join(this.#folder, 'attacked', 'data', 'neurite.db')
    // Its exit status says whether anything was found.
    await promisify(execFile)(process.execPath, [cli, 'check', database])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function stateAsText(user: User, roomId: string): Promise<string> {
  const state = [...(await user.state(roomId))]
  return JSON.stringify(state.map(({ event_id: id }) => id).sort())
}

// What several attacks are made of.

/** A line of events behind which there is always one more that is missing. */
export function endlessChain({ teller, eve, joined }: AttackedRoom, length: number) {
  const line: Told[] = [teller.tell(message(eve, 'the one that is never given'), joined)]
  while (line.length < length) line.push(teller.tell(message(eve, `link ${line.length}`), line.at(-1) as Told))
  const given = line.slice(1)
  const places = new Map(given.map(({ event }, at) => [event.eventId as string, at]))
  /** Before the earliest of the latest events that are asked about. */
  const missing: Script = (asked, response) => {
    const { latest_events: latest } = JSON.parse(asked.body) as { latest_events: string[] }
    const at = Math.min(...latest.map(id => places.get(id) ?? 0))
    return json(`{"events":${asJson(given.slice(Math.max(at - 10, 0), at))}}`)(asked, response)
  }
  const event: Script = (asked, response) => {
    const found = given[places.get(decodeURIComponent(asked.url.split('/').at(-1) as string)) ?? -1]
    const answer =
      found === undefined
        ? json({ errcode: 'M_NOT_FOUND', error: 'gone' }, 404)
        : json(`{"origin":"liar","origin_server_ts":1,"pdus":${asJson([found])}}`)
    return answer(asked, response)
  }
  return { newest: given.at(-1) as Told, answers: { get_missing_events: missing, event } }
}

/** A state by the liar's word. */
export interface GivenState {
  /** Beside what the room really has. */
  readonly more?: readonly Told[]
  /** A type that is left out, or `everything`. */
  readonly without?: string
  readonly authChain?: readonly Told[]
}

/** An event behind a gap that is never closed, and answers with the state before it. @returns the event */
export function givesState(liar: Liar, room: AttackedRoom, { more = [], without, authChain = [] }: GivenState): Told {
  const { teller, eve, joined } = room
  const missing = teller.tell(message(eve, 'never given'), joined)
  // A server that gives nothing of the gap is not asked for the state at once: it may be on its way.
  const between = teller.tell(message(eve, 'with a state of its own'), missing)
  const event = teller.tell(message(eve, 'and what follows'), between)
  const real = [...joined.state.values()].filter(({ type }) => without !== 'everything' && type !== without)
  const ids = [...real, ...more.map(told => told.event)].map(({ eventId }) => eventId)
  const known = new Map([...more, ...authChain].map(told => [told.event.eventId as string, told]))
  const chain = authChain.map(told => told.event.eventId)
  liar.answer({
    get_missing_events: json(`{"events":${asJson([between])}}`),
    state_ids: json({ pdu_ids: ids, auth_chain_ids: chain }),
    event_auth: json(`{"auth_chain":${asJson(authChain)}}`),
    event: (asked, response) => {
      const found = known.get(decodeURIComponent(asked.url.split('/').at(-1) as string))
      const answer =
        found === undefined
          ? json({ errcode: 'M_NOT_FOUND', error: 'gone' }, 404)
          : json(`{"origin":"liar","origin_server_ts":1,"pdus":${asJson([found])}}`)
      return answer(asked, response)
    },
    state: json(`{"pdus":${asJson(more)},"auth_chain":${asJson(authChain)}}`),
  })
  return event
}

/** Changes of name, each of which names the one before as its auth event. */
export function authChainOf({ teller, eve, joined }: AttackedRoom, length: number): Told[] {
  const chain: Told[] = []
  for (let at = 0; at < length; at++)
    chain.push(
      teller.tell(
        { type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join', displayname: `${at}` } },
        chain.at(-1) ?? joined,
      ),
    )
  return chain
}

/** Messages that all stand on one event. */
export async function manyExtremities({ liar }: HostileWorld, room: AttackedRoom, count: number): Promise<void> {
  const perTransaction = 50
  for (let at = 0; at < count; at += perTransaction)
    await liar.send(
      ...Array.from({ length: Math.min(perTransaction, count - at) }, (_, i) =>
        room.teller.tell(message(room.eve, `${at + i}`), room.joined),
      ),
    )
}
