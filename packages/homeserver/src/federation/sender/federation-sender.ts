/**
 * Sends what happens here to other servers: reads the output log, hands each event that is to be sent to the servers that it is for, and
 * goes on after a restart where all of them were done. Events of one room reach a server in the order of the log. Server-server API,
 * "Transactions"; design, "The way of one event".
 */
import { isJsonObject, type JsonObject, parseJson, type ServerName } from '@neurite/protocol'
import type { OutputEventInfo, RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { FederationSenderTables, PendingRoom } from '../../storage/federation-sender.ts'
import type { FederationClient } from '../requests/index.ts'
import { Destination, type DestinationParts, type PassingEdu } from './destination.ts'
import { Progress } from './progress.ts'
import { Recipients, type SentEvent, serverPutOutBy } from './recipients.ts'
import { Turnstile } from './turnstile.ts'

/** Outputs read at once. */
const pageOutputs = 200
/** How long one read waits for something new; how long after a read that failed. Milliseconds. */
const readWait = 30_000
const readAgainAfter = 1_000
/** How long outputs gather after a page before the next is read: while much happens that makes the pages fewer. Milliseconds. */
const gatherFor = 10
/** How long it is at most not written down how far the sender came: so much is looked at again after a crash. Milliseconds. */
const saveEvery = 500
/** Outputs that may be under way: beyond that reading waits for the slowest server, which fails within minutes. */
const maxUnderWay = 20_000
/** Transactions under way at once. */
const transactionsAtOnce = 200

export interface FederationSenderParts {
  readonly serverName: ServerName
  readonly api: Pick<
    RoomServerApi,
    'readOutput' | 'queryEventsById' | 'queryJoinedHosts' | 'queryLatestEventsAndState' | 'queryServerJoinedToRoom'
  >
  readonly client: { readonly transactions: Pick<FederationClient['transactions'], 'send'> }
  readonly tables: FederationSenderTables
  readonly runtime: Runtime
  /** Servers that nothing is sent to. */
  readonly refuses?: ((server: ServerName) => boolean) | undefined
  readonly onError: (error: unknown) => void
}

export class FederationSender {
  readonly #parts: FederationSenderParts
  readonly #recipients: Recipients
  /** Those that something waits for. Of all others nothing is on disk. */
  readonly #destinations = new Map<ServerName, Destination>()
  /** Those of which something was on disk at the start, and which nobody has looked at yet. */
  readonly #stored: Set<ServerName>
  readonly #stopping = new AbortController()
  readonly #progress: Progress
  readonly #destinationParts: DestinationParts
  /** Where reading goes on. */
  #read: string
  #saved: string
  #saving: Promise<void> | undefined
  #reading: Promise<void> | undefined

  constructor(parts: FederationSenderParts) {
    const { serverName, api, client, tables, runtime, onError } = parts
    this.#parts = parts
    this.#recipients = new Recipients(api, serverName)
    this.#stored = new Set(tables.servers())
    this.#read = tables.position()
    this.#saved = this.#read
    this.#progress = new Progress(this.#read, () => this.#save())
    const begun = runtime.clock.now()
    let transactions = 0
    this.#destinationParts = {
      ...{ serverName, api, tables, runtime, onError },
      send: (server, transaction, signal) => client.transactions.send(server, transaction, signal),
      turnstile: new Turnstile(transactionsAtOnce),
      newTransactionId: () => `${begun}.${transactions++}`,
      stopping: this.#stopping.signal,
    }
  }

  /** Events and rooms that wait for servers. */
  get waiting(): number {
    let waiting = 0
    for (const destination of this.#destinations.values()) waiting += destination.waiting
    return waiting
  }

  /** Begins to read and to send; what servers lacked before a restart is sent at its time. */
  start(): void {
    for (const server of this.#stored) this.#to(server).addKept()
    this.#reading ??= this.#readAll()
  }

  /** Ends what is under way, and writes down how far it came. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the federation sender stops'))
    await this.#reading
    await Promise.all([...this.#destinations.values()].map(destination => destination.stop()))
    await this.#saving
  }

  /** A server has shown that it is up: what waits for it is sent now. */
  heardFrom(server: ServerName): void {
    this.#destinations.get(server)?.showsLife()
  }

  /**
   * Sends an EDU that may be lost: typing, receipts, presence.
   * @param key of those with the same key only the newest is sent
   */
  sendPassing(servers: Iterable<ServerName>, key: string, edu: PassingEdu): void {
    for (const server of servers) if (this.#mayBeSentTo(server)) this.#to(server).addPassing(key, edu)
  }

  /** Sends an EDU that is kept until it is taken: messages for devices, changes of devices and keys. On disk when it resolves. */
  async sendKept(servers: Iterable<ServerName>, { type, content }: PassingEdu): Promise<void> {
    const to = [...servers].filter(server => this.#mayBeSentTo(server))
    await this.#parts.tables.keepEdu(to, JSON.stringify({ edu_type: type, content }))
    for (const server of to) this.#to(server).addKept()
  }

  /** The other servers in a room: whom to tell what happens there besides events. */
  serversIn(roomId: string): Promise<readonly ServerName[]> {
    return this.#recipients.inRoom(roomId)
  }

  #mayBeSentTo(server: ServerName): boolean {
    return server !== this.#parts.serverName && this.#parts.refuses?.(server) !== true
  }

  #to(server: ServerName): Destination {
    let destination = this.#destinations.get(server)
    if (destination === undefined) {
      destination = new Destination(server, this.#destinationParts, this.#stored.delete(server))
      this.#destinations.set(server, destination)
    }
    return destination
  }

  async #readAll(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#readPage()
      } catch (error) {
        if (signal.aborted) return
        this.#parts.onError(error)
        await this.#pause(readAgainAfter)
      }
    }
  }

  async #readPage(): Promise<void> {
    const { api } = this.#parts
    if (this.#progress.pending > maxUnderWay) return this.#pause(readAgainAfter)
    this.#forgetIdle()
    const { signal } = this.#stopping
    const page = await api.readOutput({ after: this.#read, limit: pageOutputs, wait: readWait }, { signal })
    for (const output of page.events) {
      if (signal.aborted) return
      await this.#distribute(output)
      this.#read = output.position
    }
    if (page.events.length > 0) await this.#pause(gatherFor)
  }

  async #distribute({ roomId, output, position }: OutputEventInfo): Promise<void> {
    const hasNewState =
      (output.kind === 'new' && output.state.added.length + output.state.removed.length > 0) ||
      output.kind === 'state-corrected' ||
      output.kind === 'purged'
    if (hasNewState) this.#recipients.forget(roomId)
    if (output.kind !== 'new' || output.sendAsServer === undefined) {
      this.#progress.next(position, 0)
      return
    }
    // Who is put out by a change of the state hears of it too; a message in a room of this server alone concerns nobody else.
    if (!hasNewState && (await this.#recipients.inRoom(roomId)).every(server => server === this.#parts.serverName)) {
      this.#progress.next(position, 0)
      return
    }
    const found = await this.#event(roomId, output.eventId)
    const recipients = found === undefined ? [] : await this.#recipients.of(found)
    const room: PendingRoom = { roomId, eventId: output.eventId }
    const putOut = found === undefined ? undefined : serverPutOutBy(found)
    const live: Destination[] = []
    const behind: Destination[] = []
    for (const server of recipients) {
      if (!this.#mayBeSentTo(server)) continue
      const destination = this.#to(server)
      if (!destination.isBehind) {
        live.push(destination)
        continue
      }
      // Whoever lacks something of the room lacks this too: nothing is written for it, however long the server is down. But for a server
      // that is put out, this is the last that it gets.
      const isNoted = destination.lacksMoreOf(room)
      if (!isNoted || server === putOut) behind.push(destination)
    }
    await this.#parts.tables.saveRooms(behind.map(({ server }) => ({ server, ...room })))
    const pending = this.#progress.next(position, live.length)
    for (const destination of behind) destination.addRoom(room)
    for (const destination of live) destination.addLive({ ...room, pdu: found?.pdu as string, output: pending })
  }

  /** @returns undefined where its room was purged meanwhile */
  async #event(roomId: string, eventId: string): Promise<(SentEvent & { readonly pdu: string }) | undefined> {
    const { events } = await this.#parts.api.queryEventsById({ roomId, eventIds: [eventId] })
    const pdu = events[0]?.pdu
    const json = pdu === undefined ? undefined : parseJson(pdu, { mode: 'lenient' })
    if (pdu === undefined || !isJsonObject(json)) return undefined
    const { type, sender, state_key: stateKey, content } = json as JsonObject
    return {
      ...{ pdu, roomId, type: String(type), sender: String(sender) },
      stateKey: typeof stateKey === 'string' ? stateKey : undefined,
      membership: isJsonObject(content) ? content['membership'] : undefined,
    }
  }

  /** Servers that nothing waits for are not kept in memory. */
  #forgetIdle(): void {
    for (const [server, destination] of this.#destinations) if (destination.isIdle) this.#destinations.delete(server)
  }

  /** One write at a time, with the newest position. */
  #save(): void {
    this.#saving ??= this.#saveNewest()
      .catch(error => this.#parts.onError(error))
      .finally(() => {
        this.#saving = undefined
      })
  }

  async #saveNewest(): Promise<void> {
    while (this.#saved !== this.#progress.position) {
      await this.#pause(saveEvery)
      const { position } = this.#progress
      await this.#parts.tables.savePosition(position)
      this.#saved = position
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    try {
      await this.#parts.runtime.timers.sleep(milliseconds, this.#stopping.signal)
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error
    }
  }
}
