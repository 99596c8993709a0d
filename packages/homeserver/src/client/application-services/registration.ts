/**
 * The registrations of application services: bridges and bots that act for many users. Each is a YAML file that the configuration names.
 * Application service API, "Registration".
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { newUserId, type ServerName, type UserId } from '@neurite/protocol'
import { fits, misfits } from '@neurite/roomserver/inthttp'
import { type Static, Type } from 'typebox'
import { parseDocument } from 'yaml'
import { ConfigurationError } from '../../config/index.ts'

const namespace = Type.Object({ exclusive: Type.Boolean(), regex: Type.String() })
const namespaces = Type.Optional(Type.Union([Type.Array(namespace), Type.Null()]))

/** Keys that are not known here are let through: services put their own into the same file. */
const registration = Type.Object({
  id: Type.String({ minLength: 1 }),
  url: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  as_token: Type.String({ minLength: 1 }),
  hs_token: Type.String({ minLength: 1 }),
  sender_localpart: Type.String({ minLength: 1 }),
  namespaces: Type.Object({ users: namespaces, aliases: namespaces, rooms: namespaces }),
  rate_limited: Type.Optional(Type.Boolean()),
})

/** IDs that a service is interested in. */
export interface Namespace {
  /** Nobody else may make what is in it. */
  readonly exclusive: boolean
  readonly pattern: RegExp
}

export type NamespaceKind = 'users' | 'aliases' | 'rooms'

export interface ApplicationService {
  readonly id: string
  /** Where events are sent to, without a slash at its end. Undefined: it wants none. */
  readonly url: string | undefined
  /** What it shows us. */
  readonly asToken: string
  /** What we show it. */
  readonly hsToken: string
  /** Its own user: who it acts as unless it says otherwise. */
  readonly sender: UserId
  readonly namespaces: Readonly<Record<NamespaceKind, readonly Namespace[]>>
  /** Whether its requests count towards the limits of its users. */
  readonly rateLimited: boolean
}

/**
 * @param files relative ones count from the folder
 * @throws {ConfigurationError} where one cannot be used, or two have an ID or a token in common
 */
export function readRegistrations(
  files: readonly string[],
  folder: string,
  serverName: ServerName,
): ApplicationService[] {
  const services: ApplicationService[] = []
  for (const file of files) {
    const path = resolve(folder, file)
    const service = serviceOf(readRegistration(path), serverName, path)
    if (services.some(({ id, asToken }) => id === service.id || asToken === service.asToken))
      throw new ConfigurationError('id', 'another application service has this id or this as_token', path)
    services.push(service)
  }
  return services
}

function readRegistration(path: string): Static<typeof registration> {
  let value: unknown
  try {
    const document = parseDocument(readFileSync(path, 'utf8'))
    const [error] = document.errors
    if (error !== undefined) throw error
    value = document.toJS()
  } catch (error) {
    throw new ConfigurationError('', `it cannot be read: ${(error as Error).message}`, path)
  }
  if (fits(registration, value)) return value
  const [first] = misfits(registration, value)
  throw new ConfigurationError(first?.place ?? '', first?.problem ?? 'it does not fit', path)
}

function serviceOf(given: Static<typeof registration>, serverName: ServerName, path: string): ApplicationService {
  const sender = newUserId(given.sender_localpart, serverName)
  if (sender === undefined)
    throw new ConfigurationError('sender_localpart', `${given.sender_localpart} is no localpart`, path)
  const url = given.url ?? undefined
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new ConfigurationError('url', `${url} is no http(s) URL`, path)
  const ofKind = (kind: NamespaceKind) =>
    (given.namespaces[kind] ?? []).map(({ exclusive, regex }) => ({ exclusive, pattern: patternOf(regex, kind, path) }))
  return {
    ...{ id: given.id, asToken: given.as_token, hsToken: given.hs_token, sender },
    url: url?.replace(/\/+$/, ''),
    namespaces: { users: ofKind('users'), aliases: ofKind('aliases'), rooms: ofKind('rooms') },
    rateLimited: given.rate_limited ?? true,
  }
}

/** It has to fit from the beginning of an ID on. */
function patternOf(regex: string, kind: NamespaceKind, path: string): RegExp {
  try {
    return new RegExp(`^(?:${regex})`)
  } catch (error) {
    throw new ConfigurationError(`namespaces.${kind}`, (error as Error).message, path)
  }
}
