/**
 * The lives that the campaign interrupts: example rooms side by side, and a short story with one of each kind of event.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { VerifyKeys } from '@neurite/protocol'
import type { InputItem } from '@neurite/roomserver'
import { type RoomFile, type RoomFileEvent, readRoomFile } from '../../src/replay/room-file.ts'
import type { Life, Step } from './life.ts'
import { story } from './story.ts'

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url))
const batch = 6

export type LifeName = 'examples' | 'story' | 'large story'

/** Some three megabytes: more than the log holds before it is copied into the database. */
const largeMessages = 60

export function lifeNamed(name: LifeName): Promise<Life> {
  if (name === 'examples') return exampleRooms()
  return Promise.resolve(story(name === 'large story' ? largeMessages : 0))
}

/** Three rooms at once, every third batch through the durable queue. */
async function exampleRooms(): Promise<Life> {
  const files = await Promise.all(
    ['room-v1.json', 'room-v10.json.gz', 'room-v12.json'].map(name => readRoomFile(join(examples, name))),
  )
  const keys: VerifyKeys = (server, keyId) => {
    const publicKey = files.map(file => file.serverKeys.get(server)?.get(keyId)).find(key => key !== undefined)
    return publicKey && { publicKey, validUntil: Number.MAX_SAFE_INTEGER, fetchedAt: Number.MAX_SAFE_INTEGER }
  }
  return { keys, rooms: files.map(stepsOf) }
}

function stepsOf(file: RoomFile): Step[] {
  const order = file.orders[0]?.order ?? []
  const steps: Step[] = []
  for (let at = 0; at < order.length; at += batch) {
    const items = order.slice(at, at + batch).map(index => itemOf(file, file.events[index] as RoomFileEvent))
    steps.push({ kind: steps.length % 3 === 2 ? 'enqueue' : 'receive', items })
  }
  return steps
}

function itemOf({ roomId, rules }: RoomFile, { pdu, from }: RoomFileEvent): InputItem {
  return { kind: 'new', roomId, roomVersion: rules.version, pdu, origin: from }
}
