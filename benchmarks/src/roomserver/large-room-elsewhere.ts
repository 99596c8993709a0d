/**
 * A large room of other servers as files, signed by all of them, and the server that lets a user of ours in: what benchmarks of joins
 * need. Made from counters, once, and kept in the system's folder for temporary files.
 */
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  canonicalJson,
  type JsonObject,
  nodeCrypto,
  type RoomEvent,
  rulesOf,
  type ServerName,
  type VerifyKey,
} from '@neurite/protocol'
import {
  answersRequest,
  type KeyAnswers,
  type KeyRequest,
  type KeyRing,
  type PeerRequests,
  RemoteServerError,
  type RemoteServers,
} from '@neurite/roomserver'
import { EventMaker, signerOf } from '@neurite/roomserver/input/testing'
import { nodeRuntime } from '@neurite/roomserver/runtime'

export const joined = 20_000
/** Half of them have left, which leaves their joins in the auth chain; half were banned before they came. */
export const gone = 60_000
const serverCount = 1_000
/** Servers that answer no key request: their keys come by a notary, once that has been waited for. */
const silentServers = 100
/** How long a key takes: a server's own answer; one that is waited for in vain, and the notary's. Milliseconds. */
const keyAfter = 50
const silentKeyAfter = 10_500

const version = '11'
const startTime = 1_700_000_000_000
const here = 'bench.invalid'
export const joiningUser = `@me:${here}`
export const resident = 'server0.invalid' as ServerName

/** To be raised where what is made changes. */
const edition = 1

interface Outline {
  readonly roomId: string
  readonly stateIds: readonly string[]
  readonly chainIds: readonly string[]
  readonly template: JsonObject
  /** JSON texts: what a join without members is answered with. */
  readonly partialState: readonly string[]
  readonly partialChain: readonly string[]
}

const folder = join(tmpdir(), `neurite-bench-large-room-${edition}`)
const place = (name: string) => join(folder, name)

const serverOf = (index: number) => `server${index % serverCount}.invalid`
const userOf = (index: number) => `@member-${index}:${serverOf(index)}`

/** Makes the files where they are not there yet. */
export function makeLargeRoom(): void {
  if (existsSync(folder)) return
  const making = `${folder}.making`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making)
  const rules = rulesOf(version)
  const signers = Array.from({ length: serverCount }, (_, at) => signerOf(serverOf(at), nodeCrypto))
  const maker = new EventMaker(rules, nodeCrypto, signers)
  const state: string[] = []
  const stateIds: string[] = []
  const chain: string[] = []
  const chainIds: string[] = []
  const admin = userOf(0)
  let time = startTime
  let last: RoomEvent[] = []
  const make = (
    type: string,
    stateKey: string,
    sender: string,
    content: JsonObject,
    authEvents: readonly RoomEvent[],
    isGone = false,
  ) => {
    const roomId = `!large:${serverOf(0)}`
    const { event, pdu } = maker.make({
      roomId,
      type,
      sender,
      stateKey,
      content,
      prevEvents: last,
      authEvents,
      timestamp: time++,
    })
    const [texts, ids] = isGone ? [chain, chainIds] : [state, stateIds]
    texts.push(pdu)
    ids.push(event.eventId)
    last = [event]
    return event
  }
  const profile = (index: number) => ({
    displayname: `Member number ${index}`,
    avatar_url: `mxc://${serverOf(index)}/abcdefghijklmnopqrst${index}`,
  })
  const create = make('m.room.create', '', admin, { room_version: version }, [])
  const first = make('m.room.member', admin, admin, { membership: 'join', ...profile(0) }, [create])
  const levels = make('m.room.power_levels', '', admin, { users: { [admin]: 100 } }, [create, first])
  const joinRules = make('m.room.join_rules', '', admin, { join_rule: 'public' }, [create, first, levels])
  make('m.room.history_visibility', '', admin, { history_visibility: 'shared' }, [create, first, levels])
  make('m.room.name', '', admin, { name: 'A large room' }, [create, first, levels])
  const partialState = state.filter(pdu => !pdu.includes('"m.room.member"'))
  const partialChain = state.filter(pdu => pdu.includes('"m.room.member"'))
  for (let index = 1; index < joined + gone; index++) {
    const user = userOf(index)
    const isGone = index >= joined
    const isBanned = isGone && index % 2 === 0
    if (isBanned) {
      make('m.room.member', user, admin, { membership: 'ban', reason: 'spam' }, [create, levels, first])
      continue
    }
    const came = make(
      'm.room.member',
      user,
      user,
      { membership: 'join', ...profile(index) },
      [create, levels, joinRules],
      isGone,
    )
    if (isGone) make('m.room.member', user, user, { membership: 'leave' }, [create, levels, came])
  }
  const newest = last[0] as RoomEvent
  const template = {
    ...{ type: 'm.room.member', content: { membership: 'join' }, prev_events: [newest.eventId] },
    ...{ auth_events: [create, levels, joinRules].map(({ eventId }) => eventId), depth: Number(newest.depth) + 1 },
  }
  const roomId = create.roomId
  const outline: Outline = { roomId, stateIds, chainIds, template, partialState, partialChain }
  const into = (name: string, text: string) => writeFileSync(join(making, name), text)
  into('outline.json', JSON.stringify(outline))
  into('state', state.join('\n'))
  into('chain', chain.join('\n'))
  renameSync(making, folder)
}

/** The server that answers a join, out of the files. */
export class ResidentFromFiles implements RemoteServers {
  readonly roomId: string
  readonly #outline: Outline

  constructor() {
    this.#outline = JSON.parse(readFileSync(place('outline.json'), 'utf8')) as Outline
    this.roomId = this.#outline.roomId
  }

  get peers(): PeerRequests {
    const { template, partialState, partialChain } = this.#outline
    const no = () => Promise.reject(new Error('no benchmark asks for it'))
    return {
      make: (_server, _membership, roomId, userId) =>
        Promise.resolve({
          roomVersion: version,
          event: { ...template, room_id: roomId, sender: userId, state_key: userId },
        }),
      sendJoin: async (_server, _event, omitMembers) => {
        const [state, authChain] = omitMembers
          ? [partialState, partialChain]
          : [await linesOf('state'), await linesOf('chain')]
        const serversInRoom = Array.from({ length: serverCount }, (_, at) => serverOf(at) as ServerName)
        return { state, authChain, event: undefined, membersOmitted: omitMembers, serversInRoom }
      },
      ...{ sendLeave: no, sendKnock: no, invite: no, resolveAlias: no, backfill: no },
      complexity: () => Promise.resolve(undefined),
    }
  }

  event = (server: ServerName) =>
    Promise.reject(new RemoteServerError(server, 'refused', 'single events are not given'))
  missingEvents = () => Promise.resolve([])
  eventAuth = () => Promise.resolve([])
  stateIds = () => Promise.resolve({ stateIds: this.#outline.stateIds, authChainIds: this.#outline.chainIds })
  state = async () => ({ state: await linesOf('state'), authChain: await linesOf('chain') })
}

/** Line by line, as an answer is read event by event. */
async function linesOf(name: string): Promise<string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: createReadStream(place(name)) })) lines.push(line)
  return lines
}

/** Keys of the room's servers: none is known before it was asked for. */
export class SlowKeys implements KeyRing {
  readonly #keys = new Map<string, VerifyKey>()
  readonly known = (server: ServerName, keyId: string) => this.#keys.get(`${server} ${keyId}`)

  async keysFor(requests: readonly KeyRequest[], signal?: AbortSignal): Promise<KeyAnswers> {
    const wanted = requests.filter(({ server, keyId, at }) => !answersRequest(this.known(server, keyId), at))
    const isSilent = wanted.some(({ server }) => Number(/\d+/.exec(server)?.[0] ?? 0) >= serverCount - silentServers)
    if (wanted.length > 0) await nodeRuntime.timers.sleep(isSilent ? silentKeyAfter : keyAfter, signal)
    for (const { server, keyId } of wanted) {
      const publicKey = nodeCrypto.publicKeyOf(signerOf(server, nodeCrypto).seed)
      const forever = Number.MAX_SAFE_INTEGER
      this.#keys.set(`${server} ${keyId}`, { publicKey, validUntil: forever, fetchedAt: forever })
    }
    return { keys: this.known, mayTurnUp: () => false }
  }
}

/** What a state is, in few bytes. */
export function fingerprintOf(parts: readonly unknown[]): string {
  return Buffer.from(nodeCrypto.sha256(canonicalJson(parts as never))).toString('hex')
}
