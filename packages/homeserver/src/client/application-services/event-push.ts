/**
 * Sends an application service the events that it is interested in: reads the room server's output, makes a transaction of what concerns
 * the service, keeps it, and sends it until it is taken. Application service API, "Pushing events".
 */
import type { OutputEventInfo } from '@neurite/roomserver/api'
import type { ServiceProgress } from '../../storage/application-services.ts'
import type { ClientContext } from '../context.ts'
import { clientEvents } from '../events/client-event.ts'
import { type EventJson, readEvent } from '../events/event-json.ts'
import { loadEvents } from '../events/load-events.ts'
import { type ClientEvent, plainEvent } from '../events/plain-event.ts'
import { callService, ServiceUnreachable } from './call-service.ts'
import { Interest } from './interest.ts'
import type { ApplicationService } from './registration.ts'

/** Outputs read for one transaction. */
const pageOutputs = 100
/** How long one read waits for something new. Milliseconds. */
const readWait = 30_000
/** How long a service may take over a transaction. Milliseconds. */
const transactionTimeout = 60_000
/** How long a service that fails is left alone: twice as long each time. Milliseconds. */
const firstWait = 1_000
const longestWait = 10 * 60 * 1_000

type NewEvent = Extract<OutputEventInfo['output'], { kind: 'new' }>

export class EventPush {
  readonly #context: ClientContext
  readonly #service: ApplicationService
  readonly #interest: Interest
  readonly #onError: (error: unknown) => void
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined

  constructor(context: ClientContext, service: ApplicationService, onError: (error: unknown) => void) {
    this.#context = context
    this.#service = service
    this.#interest = new Interest(context, service)
    this.#onError = onError
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the server stops'))
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    for (let failures = 0; !signal.aborted; )
      try {
        await this.#next()
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        // A service may be down for long: that is said once.
        if (!(error instanceof ServiceRefuses || error instanceof ServiceUnreachable) || failures === 0)
          this.#onError(error)
        await this.#pause(Math.min(firstWait * 2 ** failures++, longestWait))
      }
  }

  /** Sends the transaction that is open, or makes the next. */
  async #next(): Promise<void> {
    const progress = await this.#progress()
    if (progress.open !== undefined) {
      await this.#send(progress.transactions, progress.open)
      return this.#save({ ...progress, open: undefined })
    }
    const { roomServer } = this.#context
    const { signal } = this.#stopping
    const after = progress.position
    const page = await roomServer.readOutput({ after, limit: pageOutputs, wait: readWait }, { signal })
    if (page.events.length === 0) return
    const events = await this.#eventsOf(page.events)
    const done = { ...progress, position: page.position }
    await this.#save(
      events.length === 0
        ? done
        : { ...done, transactions: progress.transactions + 1, open: JSON.stringify({ events }) },
    )
  }

  /** A service that is new begins with what comes next. */
  async #progress(): Promise<ServiceProgress> {
    const { tables } = this.#context
    const known = tables.applicationServices.find(this.#service.id)
    if (known !== undefined) return known
    const begun = { position: tables.indexPositions.read().output, transactions: 0, open: undefined }
    await this.#save(begun)
    return begun
  }

  async #save(progress: ServiceProgress): Promise<void> {
    const { database, tables } = this.#context
    await database.write(tables.applicationServices.set(this.#service.id, progress))
  }

  async #eventsOf(outputs: readonly OutputEventInfo[]): Promise<ClientEvent[]> {
    // What goes with an event, such as what it replaced, is read off the room index.
    await this.#context.rooms.catchUp()
    const events: ClientEvent[] = []
    for (const { roomId, output } of outputs) {
      if (output.kind === 'state-corrected' || output.kind === 'purged') this.#interest.membersChanged(roomId)
      if (output.kind === 'new') events.push(...(await this.#eventOf(roomId, output)))
      if (output.kind === 'outside-invite' && this.#interest.isOwn(output.userId))
        events.push(...(await this.#outsideInvite(roomId, output.userId)))
    }
    return events
  }

  async #eventOf(roomId: string, { eventId, state }: NewEvent): Promise<ClientEvent[]> {
    const event = (await loadEvents(this.#context, roomId, [eventId])).get(eventId)
    const position = this.#context.tables.timeline.find(roomId, eventId)?.position
    if (event === undefined || position === undefined) return []
    // Where branches meet an event may bring in others, or take them out.
    const isAlone = state.added.every(id => id === eventId)
    if (!isAlone || this.#interest.isOwn(event.stateKey)) this.#interest.membersChanged(roomId)
    if (!(await this.#interest.in(event, position))) return []
    return clientEvents(this.#context, roomId, [eventId], { userId: this.#service.sender })
  }

  /** An invite for a room that this server is not in: the service is to take it up. */
  async #outsideInvite(roomId: string, userId: string): Promise<ClientEvent[]> {
    const { invites } = await this.#context.roomServer.queryOutsideInvites({ userId, roomId })
    return invites.map(({ eventId, roomVersion, pdu }) => {
      const event: EventJson = readEvent({ eventId, roomId, roomVersion, pdu, status: 'accepted', outlier: true })
      return plainEvent(event, this.#context.runtime.clock.now())
    })
  }

  async #send(transaction: number, body: string): Promise<void> {
    const path = `/_matrix/app/v1/transactions/${transaction}`
    const request = { method: 'PUT', path, body, timeout: transactionTimeout } as const
    const { status } = await callService(this.#service, request, this.#stopping.signal)
    if (status < 200 || status > 299) throw new ServiceRefuses(this.#service.id, transaction, status)
  }

  async #pause(milliseconds: number): Promise<void> {
    try {
      await this.#context.runtime.timers.sleep(milliseconds, this.#stopping.signal)
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error
    }
  }
}

/** A service has answered, and not taken what it was sent. */
class ServiceRefuses extends Error {
  constructor(service: string, transaction: number, status: number) {
    super(`the application service ${service} answers transaction ${transaction} with ${status}`)
    this.name = 'ServiceRefuses'
  }
}
