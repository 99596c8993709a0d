/**
 * What an application service is interested in: events of its users and about them, and all events of the rooms that they are in or that
 * it names. Application service API, "Registration".
 */
import { isUserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import type { EventJson } from '../events/event-json.ts'
import type { ApplicationService } from './registration.ts'
import { isIn } from './services.ts'

/** Members of one room that are looked through: as many as the largest rooms have. */
const maxMembers = 500_000
/** Rooms whose members are remembered. */
const maxRooms = 10_000

export class Interest {
  readonly #context: ClientContext
  readonly #service: ApplicationService
  /** Whether a user of the service is in a room, by room, oldest first. */
  readonly #hasMember = new Map<string, boolean>()

  constructor(context: ClientContext, service: ApplicationService) {
    this.#context = context
    this.#service = service
  }

  /** The members of a room are others now. */
  membersChanged(roomId: string): void {
    this.#hasMember.delete(roomId)
  }

  /** @param position of the event, in the room index */
  async in({ roomId, type, sender, stateKey }: EventJson, position: number): Promise<boolean> {
    if (this.isOwn(sender) || (type === 'm.room.member' && this.isOwn(stateKey))) return true
    if (isIn(this.#service, 'rooms', roomId)) return true
    return this.#hasOwnMember(roomId, position) || (await this.#hasOwnAlias(roomId))
  }

  /** Whether it is a user of the service. */
  isOwn(userId: string | undefined): boolean {
    return isUserId(userId) && this.#context.applicationServices.covers(this.#service, userId)
  }

  async #hasOwnAlias(roomId: string): Promise<boolean> {
    if (this.#service.namespaces.aliases.length === 0) return false
    const { aliases } = await this.#context.roomServer.queryAliasesOfRoom({ roomId })
    return aliases.some(alias => isIn(this.#service, 'aliases', alias))
  }

  /** Outputs are looked at in their order: what a room is known for holds until its members change. */
  #hasOwnMember(roomId: string, position: number): boolean {
    const known = this.#hasMember.get(roomId)
    if (known !== undefined) return known
    const members = this.#context.tables.roomStates.members(roomId, 'join', position, maxMembers)
    const found = members.some(({ stateKey }) => this.isOwn(stateKey))
    this.#hasMember.set(roomId, found)
    if (this.#hasMember.size > maxRooms) this.#hasMember.delete(this.#hasMember.keys().next().value as string)
    return found
  }
}
