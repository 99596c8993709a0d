/**
 * What is asked of other servers when an event builds on some that are not here.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalJson, hashAndSignEvent, readPdu, rulesOf, type ServerName } from '@neurite/protocol'
import type { InputItemInfo } from '../src/api/index.ts'
import { RemoteServerError } from '../src/index.ts'
import {
  inlineCrypto,
  member,
  message,
  RoomTeller,
  signerOf,
  stateEvent,
  type Told,
} from '../src/input/testing/index.ts'
import { hastenedRuntime, nodeRuntime } from '../src/runtime/index.ts'
import { SmallServer } from './small-server.ts'

const ann = '@ann:a'

/** Waits for what soon comes to pass. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await holds()) return
    await nodeRuntime.timers.sleep(2)
  }
  assert.fail('it did not come to pass')
}

function item(told: Told): InputItemInfo {
  return { kind: 'new', roomId: '!room:a', roomVersion: '11', origin: 'a', pdu: told.pdu }
}

/** A room whose next two events do not come by themselves, on a server that notes what others are asked. */
async function roomWithGap(missingEvents: (pdus: readonly string[]) => readonly string[], runtime = nodeRuntime) {
  const teller = new RoomTeller({ roomVersion: '11', roomId: '!room:a', servers: ['a'], crypto: inlineCrypto })
  const create = teller.tell(stateEvent('m.room.create', ann, { room_version: '11' }))
  const annIn = teller.tell(member(ann, 'join'), create)
  const first = teller.tell(message(ann, 'missing'), annIn)
  const second = teller.tell(message(ann, 'sent'), first)
  const third = teller.tell(message(ann, 'sent later'), second)
  const asked: string[] = []
  const server = await SmallServer.open(teller, undefined, {
    runtime,
    remoteServers: {
      event: async () => void asked.push('event'),
      missingEvents: async () => {
        asked.push('missingEvents')
        return missingEvents([first.pdu, second.pdu])
      },
      eventAuth: async () => {
        asked.push('eventAuth')
        return []
      },
      stateIds: async () => void asked.push('stateIds'),
      state: async () => void asked.push('state'),
    },
  })
  await server.take(create, annIn)
  return { server, first, second, third, asked }
}

test('a gap that another server can close is closed, and no state is asked for', async () => {
  const { server, second, asked } = await roomWithGap(pdus => pdus)
  assert.equal(await server.take(second), 'accepted')
  assert.deepEqual(asked, ['missingEvents'])
  await server.server.close()
})

test('where nobody gives anything of the gap, the state before the event is asked for once it has waited', async () => {
  const { server, second, asked } = await roomWithGap(() => [], hastenedRuntime(nodeRuntime, 100))
  const { results } = await server.server.api.inputRoomEvents({ items: [item(second)], keep: true })
  assert.deepEqual([results.map(({ kind }) => kind), asked], [['waiting'], ['missingEvents']])
  await until(async () => asked.length >= 3)
  assert.deepEqual(asked.slice(0, 3), ['missingEvents', 'missingEvents', 'stateIds'])
  await server.server.close()
})

test('a server that did not answer is asked again as soon as it sends something', async () => {
  let isUp = false
  const { server, second, third, asked } = await roomWithGap(pdus => {
    if (!isUp) throw new RemoteServerError('a' as ServerName, 'unreachable', 'it is down')
    return pdus
  })
  await server.server.api.inputRoomEvents({ items: [item(second)], keep: true })
  assert.deepEqual(asked, ['missingEvents'])
  isUp = true
  const { results } = await server.server.api.inputRoomEvents({ items: [item(third)], keep: true })
  assert.deepEqual(
    results.map(({ kind }) => kind),
    ['accepted'],
  )
  await until(async () => (await server.server.reader.queue('!room:a', 0, 10)).length === 0)
  assert.equal((await server.row(second)).status, 'accepted')
  await server.server.close()
})

test('where all that is in the gap is no event of the room version, no state is asked for: nobody could tell it', async () => {
  const { server, second, asked } = await roomWithGap(pdus => pdus.map(pdu => pdu.replace('"missing"', '1.5')))
  assert.equal(await server.take(second), 'waiting')
  assert.deepEqual(asked, ['missingEvents'])
  await server.server.close()
})

test('an event that has to wait is kept, and nobody is asked again at once; when what it misses has come it is taken', async () => {
  const { server, first, second, asked } = await roomWithGap(() => [])
  const { results } = await server.server.api.inputRoomEvents({ items: [item(second)], keep: true })
  assert.deepEqual(
    results.map(({ kind }) => kind),
    ['waiting'],
  )
  assert.deepEqual(asked, ['missingEvents'])
  assert.equal((await server.server.reader.queue('!room:a', 0, 10)).length, 1)
  await server.take(first)
  await until(async () => (await server.server.reader.queue('!room:a', 0, 10)).length === 0)
  assert.equal((await server.row(second)).status, 'accepted')
  assert.deepEqual(asked, ['missingEvents'])
  await server.server.close()
})

test('until version 10 an event with too long a state key is rejected and in the graph: what builds on it is accepted', async () => {
  const rules = rulesOf('10')
  const teller = new RoomTeller({ roomVersion: '10', roomId: '!room:a', servers: ['a'], crypto: inlineCrypto })
  const create = teller.tell(stateEvent('m.room.create', ann, { creator: ann, room_version: '10' }))
  const annIn = teller.tell(member(ann, 'join'), create)
  const { hashes: _, signatures: __, ...json } = teller.tell(stateEvent('test', ann, {}), annIn).event.json
  const signer = signerOf('a', inlineCrypto)
  const signed = hashAndSignEvent({ ...json, state_key: '💥'.repeat(70) }, signer, rules, inlineCrypto)
  const pdu = canonicalJson(signed)
  const long = { pdu, event: readPdu(pdu, rules, inlineCrypto, { longKeys: true }).event, state: annIn.state }
  const said = teller.tell(message(ann, 'hello'), long)
  const server = await SmallServer.open(teller)
  await server.take(create, annIn, long)
  assert.equal(await server.take(said), 'accepted')
  assert.equal((await server.row(long)).reason?.check, 'key_lengths')
  await server.assertSound()
  await server.server.close()
})

test('auth events that nobody gives come with the state before the event', async () => {
  const teller = new RoomTeller({ roomVersion: '11', roomId: '!room:a', servers: ['a'], crypto: inlineCrypto })
  const create = teller.tell(stateEvent('m.room.create', ann, { room_version: '11' }))
  const annIn = teller.tell(member(ann, 'join'), create)
  const rule = teller.tell(stateEvent('m.room.join_rules', ann, { join_rule: 'public' }), annIn)
  const power = teller.tell(stateEvent('m.room.power_levels', ann, { users: { [ann]: 100 } }), rule)
  const name = teller.tell(stateEvent('m.room.name', ann, { name: 'Hall' }), power)
  const said = teller.tell(message(ann, 'hello'), name)
  const all = [create, annIn, rule, power, name]
  const pdus = all.map(({ pdu }) => pdu)
  const asked: string[] = []
  const server = await SmallServer.open(teller, undefined, {
    runtime: hastenedRuntime(nodeRuntime, 100),
    remoteServers: {
      event: async () => void asked.push('event'),
      missingEvents: async () => {
        asked.push('missingEvents')
        return []
      },
      eventAuth: async () => {
        asked.push('eventAuth')
        return []
      },
      stateIds: async () => {
        asked.push('stateIds')
        return {
          stateIds: all.map(({ event }) => event.eventId),
          authChainIds: [create, annIn].map(({ event }) => event.eventId),
        }
      },
      state: async () => {
        asked.push('state')
        return { state: pdus, authChain: pdus }
      },
    },
  })
  await server.take(create, annIn)
  await server.server.api.inputRoomEvents({ items: [item(said)], keep: true })
  await until(async () => (await server.server.reader.queue('!room:a', 0, 10)).length === 0)
  assert.equal((await server.row(said)).status, 'accepted')
  assert.deepEqual(asked, ['missingEvents', 'missingEvents', 'stateIds', 'state'])
  await server.server.close()
})

test('a long auth chain of a state that is fetched comes by what the server says of it, each event once', async () => {
  const teller = new RoomTeller({ roomVersion: '11', roomId: '!room:a', servers: ['a'], crypto: inlineCrypto })
  const create = teller.tell(stateEvent('m.room.create', ann, { room_version: '11' }))
  const annIn = teller.tell(member(ann, 'join'), create)
  const others: Told[] = []
  for (const key of ['one', 'two', 'three', 'four'])
    others.push(teller.tell(stateEvent('test', ann, { key }), others.at(-1) ?? annIn))
  const names: Told[] = []
  for (let number = 0; number < 30; number++) {
    const content = { membership: 'join', displayname: `Ann ${number}` }
    names.push(teller.tell({ type: 'm.room.member', sender: ann, stateKey: ann, content }, names.at(-1) ?? annIn))
  }
  const before = teller.tell(message(ann, 'in the gap'), names.at(-1) as Told)
  const said = teller.tell(message(ann, 'hello'), before)
  const asked: string[] = []
  const byId = new Map(names.map(({ event, pdu }) => [event.eventId, pdu]))
  const server = await SmallServer.open(teller, undefined, {
    remoteServers: {
      event: async (_, eventId) => {
        asked.push(eventId)
        return byId.get(eventId)
      },
      missingEvents: async () => [before.pdu],
      eventAuth: async () => [],
      stateIds: async () => ({
        stateIds: [create, ...others.slice(-1), names.at(-1) as Told].map(({ event }) => event.eventId),
        authChainIds: [create, annIn, ...names.slice(0, -1)].map(({ event }) => event.eventId),
      }),
      state: async () => assert.fail('the whole state is asked for'),
    },
  })
  await server.take(create, annIn, ...others)
  assert.equal(await server.take(said), 'accepted')
  assert.deepEqual(asked.sort(), [...byId.keys()].sort())
  await server.server.close()
})
