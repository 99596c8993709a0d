/**
 * Two servers, each a process of its own that may be killed, with some way between them: ann is at home on the one, bob on the other.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HttpRoomServer, httpRoomServer } from '@neurite/roomserver/inthttp'
import { Authority } from '../../src/federation/testing/index.ts'
import { neuritePeer } from '../interop/neurite-peer.ts'
import type { Peer } from '../interop/peer.ts'
import { User } from '../interop/user.ts'
import { Subscriber } from './subscriber.ts'

/** From one server to the other: a request takes longer than what is done for it, so that kills come between. Milliseconds. */
const way = 15

/** One of the two. */
export interface Server {
  readonly peer: Peer
  /** The contract, as long as it runs: a call that gets no answer is not sent again by itself. */
  readonly api: HttpRoomServer
  readonly database: string
  readonly headsDatabase: string
  readonly subscriber: Subscriber
}

export type Side = 'host' | 'guest'

export class Pair {
  /** Rooms are made here. */
  readonly host: Server
  readonly guest: Server
  readonly ann: User
  readonly bob: User
  readonly #folder: string

  private constructor(folder: string, [host, guest]: readonly [Server, Server], [ann, bob]: readonly [User, User]) {
    this.#folder = folder
    this.host = host
    this.guest = guest
    this.ann = ann
    this.bob = bob
  }

  static async open(): Promise<Pair> {
    const folder = mkdtempSync(join(tmpdir(), 'neurite-kills-'))
    const authority = new Authority('made-up authority of servers that are killed')
    const folders = ['host', 'guest'].map(name => join(folder, name))
    const peers = await Promise.all(folders.map(of => neuritePeer(of, authority)))
    process.once('exit', () => {
      for (const peer of peers) peer.kill()
    })
    const servers = await Promise.all(peers.map((peer, at) => opened(peer, folders[at] as string)))
    const [ann, bob] = await Promise.all(peers.map((peer, at) => User.register(peer, at === 0 ? 'ann' : 'bob')))
    return new Pair(folder, servers as [Server, Server], [ann as User, bob as User])
  }

  /** Stops both. @param keep leaves what they have written, to be looked at */
  async close({ keep = false } = {}): Promise<void> {
    for (const { peer, api, subscriber } of [this.host, this.guest]) {
      await subscriber.stop()
      await api.close()
      await peer.stop()
      await peer.gateway.close()
    }
    if (!keep) rmSync(this.#folder, { recursive: true, force: true })
  }

  get folder(): string {
    return this.#folder
  }
}

async function opened(peer: Peer, folder: string): Promise<Server> {
  await peer.start()
  peer.gateway.slowDown(way)
  const data = join(folder, 'data')
  const secret = (await readFile(join(data, 'room-server.secret'), 'utf8')).trim()
  const api = httpRoomServer({ url: peer.url, secret, retries: 0 })
  const subscriber = new Subscriber(api)
  return { peer, api, database: join(data, 'neurite.db'), headsDatabase: join(data, 'neurite-heads.db'), subscriber }
}
