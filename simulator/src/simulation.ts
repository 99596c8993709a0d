/**
 * One run: servers share a room through bad weather, are killed and come back; then the weather clears, everything that is
 * on its way arrives, and they must agree. All of it follows from the seed.
 */
import { type EventId, nodeCrypto, type RoomEvent, rulesOf, type ServerName, type Signer } from '@neurite/protocol'
import { EventMaker, InMemoryKeyRing, type MadeEvent, signerOf } from '@neurite/roomserver/input/testing'
import { type SeededRandomness, SimulatedRuntime } from '@neurite/roomserver/runtime'
import { accountOf, disagreements } from './agreement.ts'
import { Referee } from './referee.ts'
import { RoomLife } from './room-life.ts'
import { SimulatedServer } from './simulated-server.ts'
import { calm, type NetworkCounts, VirtualNetwork } from './virtual-network.ts'

export interface SimulationOptions {
  readonly seed: number
  /** 2 to 5. */
  readonly servers: number
  /** Acts of users. */
  readonly events: number
  /** Undefined: drawn from the seed. */
  readonly roomVersion?: string
}

export interface SimulationReport {
  readonly options: SimulationOptions
  readonly roomVersion: string
  /** Milliseconds of virtual time. */
  readonly virtualTime: number
  readonly kills: number
  readonly partitions: number
  readonly network: NetworkCounts
  /** What became of the events at the servers that they came from. */
  readonly sent: Readonly<Record<string, number>>
  /** Statuses of the events, for each server. */
  readonly stored: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** A digest of everything that all servers say: the same seed gives the same. */
  readonly digest: string
  /** Sentences; none where all is well. */
  readonly disagreements: readonly string[]
}

/** The longest virtual time that it may take until all is quiet, once the weather is calm. Milliseconds. */
const patience = 6 * 60 * 60 * 1000
/** Quiet for so long is quiet for good. */
const quietTime = 60_000
const versions = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'] as const

export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run()
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #runtime: SimulatedRuntime
  readonly #random: SeededRandomness
  readonly #network: VirtualNetwork
  readonly #servers: readonly SimulatedServer[]
  /** What each server knows of the keys of all. */
  readonly #keyRings = new Map<ServerName, InMemoryKeyRing>()
  readonly #life: RoomLife
  readonly #errors: string[] = []
  #roomId = ''
  #kills = 0
  #partitions = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#runtime = new SimulatedRuntime(options.seed)
    this.#random = this.#runtime.randomness.fork()
    this.#network = new VirtualNetwork(this.#runtime)
    const rules = rulesOf(options.roomVersion ?? this.#random.pick(versions))
    const names = Array.from({ length: options.servers }, (_, index) => `s${index + 1}.example` as ServerName)
    const signers = names.map(name => signerOf(name, nodeCrypto))
    for (const name of names) this.#keyRings.set(name, keyRingOf(signers))
    this.#life = new RoomLife(new EventMaker(rules, nodeCrypto, signers), names, this.#random.fork())
    this.#servers = names.map(
      name =>
        new SimulatedServer({
          ...{ name, runtime: this.#runtime, network: this.#network },
          keyRing: this.#keyRings.get(name) ?? keyRingOf(signers),
          others: names.filter(other => other !== name),
          clockSkew: this.#random.between(-60_000, 60_000),
          onError: (server, error) => this.#fail(server, error),
        }),
    )
  }

  async run(): Promise<SimulationReport> {
    await this.#runtime.run(this.#begin())
    await this.#runtime.run(this.#liveThroughBadWeather())
    await this.#runtime.run(this.#clearUp())
    return this.#runtime.run(this.#report(await this.#lastWords()))
  }

  /** One server after the other joins all branches that it has, so that one is left. @returns the last event */
  async #lastWords(): Promise<EventId> {
    let last: MadeEvent | undefined
    for (const server of this.#servers) {
      last = this.#life.lastWord(await this.#runtime.run(server.scene(this.#roomId)))
      await this.#runtime.run(server.send(last))
      await this.#runtime.run(this.#untilQuiet())
    }
    if (last === undefined) throw new Error('there are no servers')
    return last.event.eventId
  }

  /** All events that any server has. */
  async #allEvents(): Promise<RoomEvent[]> {
    const all = new Map<string, RoomEvent>()
    for (const { running } of this.#servers)
      for (const { event } of await running.allEvents(this.#roomId)) all.set(event.eventId, event)
    return [...all.values()]
  }

  /** All servers know the room from its first event on. */
  async #begin(): Promise<void> {
    const beginning = this.#life.beginning(this.#runtime.clock.now())
    this.#roomId = beginning[0]?.event.roomId ?? ''
    for (const server of this.#servers) {
      await server.start(this.#roomId)
      for (const { pdu, event } of beginning)
        await server.running.take(this.#servers[0]?.name as ServerName, this.#roomId, event.rules.version, [pdu])
    }
    await this.#untilQuiet()
  }

  async #liveThroughBadWeather(): Promise<void> {
    this.#network.weather = {
      delay: [5, this.#random.pick([50, 500, 3000])],
      loss: this.#random.pick([0, 0.05, 0.2]),
      duplication: this.#random.pick([0, 0.1]),
    }
    for (let event = 0; event < this.#options.events; event++) {
      await this.#runtime.timers.sleep(this.#random.nextInt(this.#random.pick([20, 400, 4000])))
      const alive = this.#servers.filter(({ isAlive }) => isAlive)
      if (alive.length > 0) this.#act(this.#random.pick(alive))
      this.#changeTheWeather()
    }
  }

  #act(server: SimulatedServer): void {
    const mischievous = this.#random.chance(0.08)
    const act = async () => {
      const scene = await server.scene(this.#roomId)
      if (mischievous) server.sendPastItself(this.#life.mischief(scene))
      else await server.send(this.#life.act(scene))
    }
    // Of a server that is killed meanwhile nothing more is heard.
    act().catch((error: unknown) => {
      if (server.isAlive) this.#fail(server.name, error)
    })
  }

  #changeTheWeather(): void {
    const server = this.#random.pick(this.#servers)
    const change = this.#random.weighted([
      [900, 'none'],
      [12, 'kill'],
      [12, 'partition'],
      [24, 'heal'],
      [8, 'keys out of reach'],
      [16, 'keys back'],
    ] as const)
    if (change === 'kill') this.#killForAWhile(server)
    else if (change === 'partition') this.#partition()
    else if (change === 'heal') this.#network.heal()
    else if (change === 'keys out of reach') this.#loseKeys(server)
    else if (change === 'keys back') this.#findKeys(server)
  }

  /** The server cannot find out the keys of another. */
  #loseKeys({ name }: SimulatedServer): void {
    const other = this.#random.pick(this.#servers)
    if (other.name !== name) this.#keyRings.get(name)?.setOutOfReach(other.name, true)
  }

  #findKeys({ name }: SimulatedServer): void {
    for (const other of this.#servers) this.#keyRings.get(name)?.setOutOfReach(other.name, false)
  }

  #killForAWhile(server: SimulatedServer): void {
    if (!server.isAlive) return
    this.#kills++
    server.kill()
    this.#runtime.timers.setTimer(this.#random.between(10, 60_000), () => {
      if (!server.isAlive) server.start(this.#roomId).catch(error => this.#fail(server.name, error))
    })
  }

  #partition(): void {
    this.#partitions++
    const side = this.#random.shuffled(this.#servers).slice(0, this.#random.between(1, this.#servers.length - 1))
    this.#network.partition(side.map(({ name }) => name))
  }

  async #clearUp(): Promise<void> {
    this.#network.weather = calm
    this.#network.heal()
    for (const server of this.#servers) this.#findKeys(server)
    await this.#untilQuiet()
  }

  /** Waits until every server is up and has nothing left to do. */
  async #untilQuiet(): Promise<void> {
    const end = this.#runtime.time + patience
    for (let quietSince = this.#runtime.time; this.#runtime.time - quietSince < quietTime; ) {
      await this.#runtime.timers.sleep(1000)
      if (!this.#servers.every(({ isAlive, isQuiet }) => isAlive && isQuiet)) quietSince = this.#runtime.time
      if (this.#runtime.time > end) {
        const unrest = this.#servers.filter(({ isQuiet }) => !isQuiet).map(server => server.unrest)
        this.#errors.push(`not quiet after ${patience} ms: ${unrest.join('; ')}`)
        return
      }
    }
  }

  #fail(server: ServerName, error: unknown): void {
    this.#errors.push(`${server}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }

  async #report(lastEvent: EventId): Promise<SimulationReport> {
    const accounts = await Promise.all(this.#servers.map(({ name, running }) => accountOf(name, running, this.#roomId)))
    const referee = new Referee(this.#life.rules, await this.#allEvents())
    const stored = accounts.map(({ server, events }) => [server, tally([...events.values()].map(view => view.status))])
    const said = accounts.map(({ server, events, extremities, state }) => [server, [...events], extremities, state])
    return {
      options: this.#options,
      roomVersion: this.#life.rules.version,
      virtualTime: this.#runtime.time,
      kills: this.#kills,
      partitions: this.#partitions,
      network: this.#network.counts,
      sent: tally(this.#servers.flatMap(({ results }) => [...results].flatMap(([kind, n]) => Array(n).fill(kind)))),
      stored: Object.fromEntries(stored),
      digest: Buffer.from(nodeCrypto.sha256(JSON.stringify(said)))
        .toString('hex')
        .slice(0, 16),
      disagreements: [...this.#errors, ...disagreements(accounts, referee.account(lastEvent))],
    }
  }
}

function keyRingOf(signers: readonly Signer[]): InMemoryKeyRing {
  const keyRing = new InMemoryKeyRing()
  for (const { server, keyId, seed } of signers) keyRing.add(server, keyId, nodeCrypto.publicKeyOf(seed))
  return keyRing
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
