/**
 * One homeserver of the simulation: a disk that stays, and a process that comes and goes, with its room server, its answers
 * to others and its outbox.
 */
import type { RoomEvent, ServerName } from '@neurite/protocol'
import type { InputResult, KeyRing } from '@neurite/roomserver'
import type { MadeEvent } from '@neurite/roomserver/input/testing'
import type { SimulatedProcess, SimulatedRuntime } from '@neurite/roomserver/runtime'
import { answer, type Message, remoteServersOver } from './federation.ts'
import { Outbox } from './outbox.ts'
import type { Scene } from './room-life.ts'
import { ServerUnderTest } from './server-under-test.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import type { VirtualNetwork } from './virtual-network.ts'

export interface SimulatedServerParts {
  readonly name: ServerName
  readonly others: readonly ServerName[]
  readonly runtime: SimulatedRuntime
  readonly network: VirtualNetwork
  readonly keyRing: KeyRing
  /** How far its clock is off, in milliseconds. */
  readonly clockSkew: number
  /** Told of what must never happen. */
  readonly onError: (server: ServerName, error: unknown) => void
}

/** Events that a server remembers having sent or met, for acts that build on the past. */
const maxRecent = 30

interface Life {
  readonly process: SimulatedProcess
  readonly server: ServerUnderTest
  readonly ended: AbortController
}

export class SimulatedServer {
  readonly name: ServerName
  /** What became of the events of its own users. */
  readonly results = new Map<InputResult['kind'], number>()
  readonly #parts: SimulatedServerParts
  readonly #disk: SimulatedDisk
  readonly #outbox: Outbox
  /** Sent to all past the server, once each; kept across a kill like the outbox. */
  readonly #mischief: MadeEvent[] = []
  readonly #recent: RoomEvent[] = []
  #life: Life | undefined

  constructor(parts: SimulatedServerParts) {
    this.#parts = parts
    this.name = parts.name
    this.#disk = new SimulatedDisk(parts.runtime.randomness.fork())
    this.#outbox = new Outbox(parts.name, parts.others, parts.network)
  }

  get isAlive(): boolean {
    return this.#life !== undefined
  }

  /** The server's process, while it runs. */
  get running(): ServerUnderTest {
    if (this.#life === undefined) throw new Error(`${this.name} is down`)
    return this.#life.server
  }

  /** Nothing waits in its input queue, nor to be acknowledged by others. */
  get isQuiet(): boolean {
    return this.#disk.queue.length === 0 && this.#outbox.isEmpty
  }

  /** What it is still about: whether it is up, and what waits in its input queue. */
  get unrest(): string {
    const { queue } = this.#disk
    const reasons = queue
      .slice(0, 3)
      .map(({ attempts, waitsFor }) => `${attempts} attempts: ${waitsFor || 'no reason'}`)
    return `${this.name} is ${this.isAlive ? 'up' : 'down'}, in its queue ${queue.length} (${reasons.join('; ')})`
  }

  /** @param roomId the one room of the simulation */
  async start(roomId: string): Promise<void> {
    const { runtime, network, keyRing, name, onError, clockSkew } = this.#parts
    const process = runtime.process(clockSkew)
    const ended = new AbortController()
    const failed = (error: unknown) => {
      if (!ended.signal.aborted) onError(name, error)
    }
    const server = await ServerUnderTest.open({
      ...{ name, keyRing, runtime: process, onError: failed },
      storage: await this.#disk.mount(process),
      remoteServers: remoteServersOver(network, name),
    })
    this.#life = { process, server, ended }
    network.attach(name, (from, message) => answer(server, roomId, from, message as Message))
    this.#outbox.run(server, process, ended.signal).catch(failed)
    for (const made of this.#mischief) this.#spread(made, this.#life).catch(failed)
  }

  /** The process is gone from one moment to the next, and with it all that was not on the disk. */
  kill(): void {
    const life = this.#life
    if (life === undefined) return
    this.#life = undefined
    this.#parts.network.detach(this.name)
    this.#disk.cutOff()
    life.process.stop()
    life.ended.abort(new Error(`${this.name} was killed`))
  }

  /** The room as this server sees it now. */
  async scene(roomId: string): Promise<Scene> {
    const view = await this.running.room(roomId)
    const now = this.#life?.process.clock.now() ?? 0
    const { extremities = [], state = [] } = view ?? {}
    return { server: this.name, now, extremities, state, recent: [...this.#recent] }
  }

  /** One of its users sends an event. */
  async send(made: MadeEvent): Promise<InputResult> {
    const result = await this.running.send(made)
    this.results.set(result.kind, (this.results.get(result.kind) ?? 0) + 1)
    if (result.kind === 'accepted') this.#remember(made.event)
    return result
  }

  /** An event in its name goes to all servers, itself among them, without its room server having seen it first. */
  sendPastItself(made: MadeEvent): void {
    this.#mischief.push(made)
    const life = this.#life
    if (life !== undefined)
      this.#spread(made, life).catch(error => {
        if (!life.ended.signal.aborted) this.#parts.onError(this.name, error)
      })
  }

  async #spread(made: MadeEvent, { process, ended }: Life): Promise<void> {
    const all = [this.name, ...this.#parts.others]
    await Promise.all(all.map(to => this.#outbox.deliver(to, made, process, ended.signal)))
    const at = this.#mischief.indexOf(made)
    if (at >= 0) this.#mischief.splice(at, 1)
  }

  #remember(event: RoomEvent): void {
    this.#recent.push(event)
    if (this.#recent.length > maxRecent) this.#recent.shift()
  }
}
