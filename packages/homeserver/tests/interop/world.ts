/**
 * The servers of a run: two of Neurite and one of Synapse, each behind its gateway, all of them believing one made-up authority.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Authority } from '../../src/federation/testing/index.ts'
import { neuritePeer } from './neurite-peer.ts'
import type { Peer } from './peer.ts'
import { synapsePeer } from './synapse-peer.ts'

export class World {
  readonly folder: string
  readonly neurite: Peer
  readonly otherNeurite: Peer
  readonly synapse: Peer

  private constructor(folder: string, neurite: Peer, otherNeurite: Peer, synapse: Peer) {
    this.folder = folder
    this.neurite = neurite
    this.otherNeurite = otherNeurite
    this.synapse = synapse
  }

  /** @param python one that has Synapse */
  static async open(python: string): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'neurite-interop-'))
    const authority = new Authority('made-up authority of servers on loopback')
    const neurite = await neuritePeer(join(folder, 'neurite'), authority)
    const otherNeurite = await neuritePeer(join(folder, 'other-neurite'), authority)
    const synapse = await synapsePeer(python, join(folder, 'synapse'), authority)
    const world = new World(folder, neurite, otherNeurite, synapse)
    process.once('exit', () => {
      for (const peer of world.peers) peer.kill()
    })
    try {
      await Promise.all(world.peers.map(peer => peer.start()))
    } catch (error) {
      await world.close()
      throw error
    }
    return world
  }

  get peers(): readonly Peer[] {
    return [this.neurite, this.otherNeurite, this.synapse]
  }

  /** Neither of the two reaches the other any more. */
  cut(one: Peer, two: Peer): void {
    one.gateway.refuse(two.name)
    two.gateway.refuse(one.name)
  }

  heal(): void {
    for (const one of this.peers) for (const two of this.peers) one.gateway.admit(two.name)
  }

  /** Stops all servers. @param keep leaves what they have written, to be looked at */
  async close({ keep = false } = {}): Promise<void> {
    await Promise.all(this.peers.map(peer => peer.stop()))
    await Promise.all(this.peers.map(({ gateway }) => gateway.close()))
    if (!keep) rmSync(this.folder, { recursive: true, force: true })
  }
}
