/**
 * The application services of this server: who is who, and what is whose. Application service API, "Registration".
 */
import { belongsTo, type ServerName, type UserId } from '@neurite/protocol'
import { ClientError } from '../errors.ts'
import type { ApplicationService, NamespaceKind } from './registration.ts'

export class ApplicationServices {
  readonly all: readonly ApplicationService[]
  readonly #serverName: ServerName
  readonly #byToken: ReadonlyMap<string, ApplicationService>

  constructor(services: readonly ApplicationService[], serverName: ServerName) {
    this.all = services
    this.#serverName = serverName
    this.#byToken = new Map(services.map(service => [service.asToken, service]))
  }

  /** Whose `as_token` it is. */
  byToken(token: string): ApplicationService | undefined {
    return this.#byToken.get(token)
  }

  /** Whether a user is one of those that a service acts for: its own, and those of this server in its namespaces. */
  covers(service: ApplicationService, userId: UserId): boolean {
    if (!belongsTo(userId, this.#serverName)) return false
    return userId === service.sender || isIn(service, 'users', userId)
  }

  /**
   * @param service who wants to make something of that name; undefined: a user, or the server itself
   * @throws {ClientError} `M_EXCLUSIVE` where only another service may
   */
  refuseExclusive(kind: NamespaceKind, id: string, service?: ApplicationService): void {
    for (const other of this.all) {
      if (other.id === service?.id) continue
      const isOwn = kind === 'users' && id === other.sender
      if (isOwn || other.namespaces[kind].some(({ exclusive, pattern }) => exclusive && pattern.test(id)))
        throw new ClientError('M_EXCLUSIVE', `${id} is kept for an application service`)
    }
  }

  /** The services with an ID in one of their namespaces. */
  withInNamespace(kind: NamespaceKind, id: string): ApplicationService[] {
    return this.all.filter(service => isIn(service, kind, id))
  }
}

/** Whether an ID is in one of a service's namespaces. */
export function isIn(service: ApplicationService, kind: NamespaceKind, id: string): boolean {
  return service.namespaces[kind].some(({ pattern }) => pattern.test(id))
}
