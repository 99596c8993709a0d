/**
 * Where the server keeps what it must not lose: paths, and what is made at the first start.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Randomness } from '@neurite/roomserver/runtime'
import type { Configuration } from '../config/index.ts'
import { readOrMake } from '../secrets/secret-file.ts'

export interface DataDirectory {
  readonly path: string
  /** Nothing was stored here before. */
  readonly isNew: boolean
  /** The rooms. */
  readonly rooms: string
  /** The heads' own database. */
  readonly heads: string
  /** The files of media. */
  readonly media: string
  readonly roomServerSecretFile: string
  /** What callers of the room server show. */
  readonly roomServerSecret: string
  readonly registrationSecretFile: string
  /** What opens accounts, whoever may register. */
  readonly registrationSecret: string
}

const secretBytes = 32

/** @throws where it cannot be made or written */
export function dataDirectory(
  {
    data_directory,
    database,
    room_server,
    client,
  }: Pick<Configuration, 'data_directory' | 'database' | 'room_server' | 'client'>,
  randomness: Randomness,
): DataDirectory {
  mkdirSync(data_directory, { recursive: true, mode: 0o700 })
  const rooms = resolve(data_directory, database.path)
  const roomServerSecretFile = resolve(data_directory, room_server.secret)
  const registrationSecretFile = resolve(data_directory, client.registration.secret)
  return {
    path: data_directory,
    isNew: !existsSync(rooms),
    rooms,
    media: resolve(data_directory, 'media'),
    heads: `${rooms.replace(/\.db$/, '')}-heads.db`,
    roomServerSecretFile,
    roomServerSecret: newOrKnown(roomServerSecretFile, randomness),
    registrationSecretFile,
    registrationSecret: newOrKnown(registrationSecretFile, randomness),
  }
}

function newOrKnown(file: string, randomness: Randomness): string {
  return readOrMake(file, () => `${Buffer.from(randomness.bytes(secretBytes)).toString('hex')}\n`).trim()
}
