/**
 * Large databases, made once and kept in the system's folder for temporary files until the code that lays them out changes.
 * Made by the room server itself, from events whose signatures nobody checks.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { rulesOf } from '@neurite/protocol'
import { type SavedRoom, ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, giveAll, openServer, temporaryFolder } from './server.ts'

const rules = rulesOf('10')
const atOnce = 500
/** Where nobody waits for a sync. */
const quickDisk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** To be raised when the rooms that are made here change. */
const scriptVersion = 1
/** In a linear room every tenth event is a join. */
export const eventsAJoin = 10

export interface MadeDatabase {
  readonly path: string
  readonly rooms: readonly SavedRoom[]
}

/** One room whose events follow one after the other: so many of them, nine messages and a join in turn. */
export function linearDatabase(events: number): Promise<MadeDatabase> {
  return made(`linear-${events}`, async give => {
    const room = new ScriptedRoom('linear', rules, { sign: 'unsigned' })
    await give(room, room.open())
    for (let done = 5; done < events; done += atOnce)
      await give(room, linearEvents(room, Math.min(atOnce, events - done)))
    return [room]
  })
}

export function linearEvents(room: ScriptedRoom, count: number): string[] {
  return Array.from({ length: count }, (_, at) => (at % eventsAJoin === 0 ? room.join() : room.message()))
}

/** Rooms of so many members each. */
export function membersDatabase(name: string, sizes: readonly number[]): Promise<MadeDatabase> {
  return made(`members-${name}`, async give => {
    const rooms = sizes.map((_, index) => new ScriptedRoom(`members-${index}`, rules, { sign: 'unsigned' }))
    for (const [index, room] of rooms.entries()) await fill(room, sizes[index] ?? 0, give)
    return rooms
  })
}

/** Rooms of so many members on so many servers each. */
export function serversDatabase(
  name: string,
  sizes: readonly { readonly members: number; readonly servers: number }[],
): Promise<MadeDatabase> {
  const make = async (give: Give) => {
    const rooms = sizes.map(
      ({ servers }) => new ScriptedRoom(`servers-${servers}`, rules, { sign: 'unsigned', servers }),
    )
    for (const [index, room] of rooms.entries()) await fill(room, sizes[index]?.members ?? 0, give)
    return rooms
  }
  return made(`servers-${name}`, make, Math.max(...sizes.map(({ servers }) => servers)))
}

async function fill(room: ScriptedRoom, members: number, give: Give): Promise<void> {
  await give(room, room.open())
  while (room.memberCount < members) {
    const count = Math.min(atOnce, members - room.memberCount)
    await give(
      room,
      Array.from({ length: count }, () => room.join()),
    )
  }
}

/** A copy to be written to, gone at the end of the process. */
export function copyOf({ path }: MadeDatabase): string {
  const copy = join(temporaryFolder(), 'copy.db')
  copyFileSync(path, copy)
  return copy
}

type Give = (room: ScriptedRoom, pdus: readonly string[]) => Promise<void>

async function made(
  name: string,
  make: (give: Give) => Promise<readonly ScriptedRoom[]>,
  servers?: number,
): Promise<MadeDatabase> {
  const folder = join(tmpdir(), `neurite-bench-databases-${layout()}`)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.db`)
  const saved = `${path}.json`
  if (!existsSync(saved)) {
    console.error(`making ${path}, once`)
    const building = join(temporaryFolder(quickDisk), 'made.db')
    const { server } = await openServer(building, {
      ...{ crypto: acceptingCrypto, ...(servers === undefined ? {} : { servers }) },
    })
    const rooms = await make((room, pdus) =>
      giveAll(
        server,
        pdus.map(pdu => arriving(room, pdu)),
        atOnce,
      ),
    )
    await server.close()
    copyLogIntoFile(building)
    copyFileSync(building, path)
    rmSync(building)
    writeFileSync(`${saved}.new`, JSON.stringify(rooms.map(room => room.save())))
    renameSync(`${saved}.new`, saved)
  }
  return { path, rooms: JSON.parse(readFileSync(saved, 'utf8')) as SavedRoom[] }
}

function copyLogIntoFile(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}

/** Says what the databases' layout depends on: the code of storage and of state. */
function layout(): string {
  const source = fileURLToPath(new URL('../../../packages/roomserver/src/', import.meta.url))
  const hash = createHash('sha256').update(`scripts ${scriptVersion}`)
  for (const pattern of [
    'storage/packed/*.ts',
    'storage/sqlite/migrations/*.ts',
    'state/block-codec.ts',
    'state/merge-policy.ts',
  ])
    for (const file of globSync(pattern, { cwd: source }).sort()) hash.update(readFileSync(join(source, file)))
  return hash.digest('hex').slice(0, 12)
}
