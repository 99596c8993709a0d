import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EventId, nodeCrypto, PduError, readPdu, rulesOf, type ServerName, verifyEvent } from '@neurite/protocol'
import { SeededRandomness, SimulatedRuntime } from '../../runtime/index.ts'
import { RemoteServerError } from '../remote-servers.ts'
import { EventMaker, idsOf, type MadeEvent, signerOf } from './event-maker.ts'
import { allFaultsAlike, type Fault } from './faults.ts'
import { type InMemoryServer, InMemoryServers } from './in-memory-servers.ts'
import { inlineCrypto } from './inline-crypto.ts'
import { RoomWorld } from './room-world.ts'

const ann = '@ann:alpha.example'
const signer = signerOf('alpha.example', nodeCrypto)
const alpha = signer.server
const never = new AbortController().signal

/** A room: create, join, power levels, then messages one after the other; the state before any is the first three. */
function makeRoom(version: string, messages: number, name = 'room') {
  const rules = rulesOf(version)
  const maker = new EventMaker(rules, inlineCrypto, [signer])
  const made: MadeEvent[] = []
  let roomId = `!${name}:alpha.example`
  const add = (parts: { type: string; stateKey?: string; content?: Record<string, string | number> }) => {
    const prevEvents = made.slice(-1).map(({ event }) => event)
    const authEvents = made.slice(rules.auth.createImpliedByRoomId ? 1 : 0, 3).map(({ event }) => event)
    made.push(
      maker.make({
        ...parts,
        roomId,
        sender: ann,
        prevEvents,
        authEvents,
        timestamp: 1_000_000 * name.length + made.length,
      }),
    )
  }
  add({ type: 'm.room.create', stateKey: '', content: { room_version: version, creator: ann } })
  roomId = made[0]!.event.roomId
  add({ type: 'm.room.member', stateKey: ann, content: { membership: 'join' } })
  add({ type: 'm.room.power_levels', stateKey: '' })
  for (let i = 0; i < messages; i++) add({ type: 'm.room.message', content: { body: `${i}` } })
  const state = idsOf(made.slice(0, 3).map(({ event }) => event))
  const world = new RoomWorld(rules, inlineCrypto, () => state)
  for (const { pdu } of made) world.add(pdu)
  return { rules, maker, made, world, state }
}

function setUp(server: InMemoryServer = {}, version = '11') {
  const room = makeRoom(version, 20)
  const other = makeRoom(version, 5, 'other')
  const runtime = new SimulatedRuntime(1)
  const random = new SeededRandomness(1)
  const servers = new InMemoryServers({
    worlds: [room.world, other.world],
    servers: new Map([[alpha, { maker: room.maker, ...server }]]),
    ...{ runtime, random },
  })
  const ids = idsOf(room.made.map(({ event }) => event))
  const roomId = room.world.roomId!
  const missing = (latest: EventId, earliest: EventId, limit = 10) =>
    runtime.run(
      servers.missingEvents(alpha, roomId, { latest: [latest], earliest: [earliest], limit, minDepth: 0 }, never),
    )
  const read = (pdu: string) => readPdu(pdu, room.rules, nodeCrypto)
  const keys = () => ({ publicKey: nodeCrypto.publicKeyOf(signer.seed), validUntil: 2e15, fetchedAt: 2e15 })
  return { ...room, ids, runtime, servers, roomId, missing, read, keys }
}

const faulty = (fault: Fault) => ({ faults: { [fault]: 1 } })

for (const version of ['1', '3', '11', '12'])
  test(`events made for room version ${version} are read, hashed and signed as they should be`, () => {
    const { made, read, keys } = setUp({}, version)
    for (const { pdu } of made) {
      const { event, contentHashMatches } = read(pdu)
      assert.ok(contentHashMatches)
      assert.deepEqual(verifyEvent(event, keys, nodeCrypto), { valid: true })
    }
  })

test('a truthful server gives the event, what is missing between, its auth chain and the state before it', async () => {
  const { runtime, servers, made, ids, roomId, missing, state } = setUp()
  assert.equal(await runtime.run(servers.event(alpha, ids[5]!, never)), made[5]!.pdu)
  assert.deepEqual(await missing(ids[12]!, ids[8]!), [made[9]!.pdu, made[10]!.pdu, made[11]!.pdu])
  assert.deepEqual((await missing(ids[12]!, ids[1]!, 3)).length, 3)
  const auth = await runtime.run(servers.eventAuth(alpha, roomId, ids[12]!, never))
  assert.deepEqual(
    auth,
    made.slice(0, 3).map(({ pdu }) => pdu),
  )
  const stateIds = await runtime.run(servers.stateIds(alpha, roomId, ids[12]!, never))
  assert.deepEqual(stateIds, { stateIds: state, authChainIds: state.slice(0, 2) })
  const whole = await runtime.run(servers.state(alpha, roomId, ids[12]!, never))
  assert.equal(whole?.state.length, 3)
})

test('what a server does not have, and rooms that it does not know, give nothing', async () => {
  const { runtime, servers, ids, roomId, missing } = setUp({ has: eventId => eventId !== ids5() })
  function ids5() {
    return ids[5]
  }
  const unknown = '$unknown' as EventId
  assert.equal(await runtime.run(servers.event(alpha, unknown, never)), undefined)
  assert.equal(await runtime.run(servers.event(alpha, ids[5]!, never)), undefined)
  assert.equal(await runtime.run(servers.stateIds(alpha, '!other:x' as never, ids[5]!, never)), undefined)
  assert.deepEqual(await runtime.run(servers.eventAuth(alpha, roomId, ids[5]!, never)), [])
  assert.equal((await missing(ids[7]!, ids[3]!)).length, 2)
})

test('servers that do not exist, fail or say nothing throw, each in its own way', async () => {
  const kind = (expected: string) => (error: unknown) => error instanceof RemoteServerError && error.kind === expected
  const { runtime, servers, ids } = setUp()
  await assert.rejects(runtime.run(servers.event('x.example' as ServerName, ids[1]!, never)), kind('unreachable'))
  for (const fault of ['unreachable', 'refused', 'timeout'] as const) {
    const failing = setUp(faulty(fault))
    await assert.rejects(failing.runtime.run(failing.servers.event(alpha, ids[1]!, never)), kind(fault))
  }
  const silent = setUp(faulty('timeout'))
  const abort = new AbortController()
  const waiting = silent.servers.event(alpha, ids[1]!, abort.signal)
  silent.runtime.timers.setTimer(100, () => abort.abort(new Error('given up')))
  await assert.rejects(silent.runtime.run(waiting), { message: 'given up' })
})

test('a late answer is the right one, seconds later', async () => {
  const { runtime, servers, made, ids } = setUp(faulty('late'))
  assert.equal(await runtime.run(servers.event(alpha, ids[5]!, never)), made[5]!.pdu)
  assert.ok(runtime.time >= 5000)
})

test('wrong events are wrong in the way that the fault says', async () => {
  const ask = async (fault: Fault) => {
    const { runtime, servers, ids, read, keys } = setUp(faulty(fault))
    const pdu = await runtime.run(servers.event(alpha, ids[5]!, never))
    if (pdu === undefined) return undefined
    const { event, contentHashMatches } = read(pdu)
    const signed = verifyEvent(event, keys, nodeCrypto).valid
    return { asked: event.eventId === ids[5], room: event.roomId, contentHashMatches, signed }
  }
  const right = { asked: true, room: '!room:alpha.example', contentHashMatches: true, signed: true }
  assert.deepEqual(await ask('wrong-event'), { ...right, asked: false })
  assert.deepEqual(await ask('forged-signature'), { ...right, signed: false })
  assert.deepEqual(await ask('altered-content'), { ...right, contentHashMatches: false })
  assert.equal(await ask('withheld'), undefined)
  await assert.rejects(ask('garbage'), PduError)
})

for (const version of ['1', '12'])
  test(`an event of another room comes in place of one of this room (version ${version})`, async () => {
    const { runtime, servers, ids, read, roomId } = setUp(faulty('other-room'), version)
    const pdu = await runtime.run(servers.event(alpha, ids[5]!, never))
    assert.notEqual(read(pdu!).event.roomId, roomId)
  })

test('an endless answer is well signed and leads to nothing known, and too many are far more than asked for', async () => {
  const endless = setUp(faulty('endless'))
  const events = (await endless.missing(endless.ids[12]!, endless.ids[8]!)).map(pdu => endless.read(pdu).event)
  assert.equal(events.length, 50)
  for (const event of events) {
    assert.ok(verifyEvent(event, endless.keys, nodeCrypto).valid)
    assert.ok(event.prevEvents.every(id => !endless.ids.includes(id)))
  }
  const many = setUp(faulty('too-many'))
  assert.ok((await many.missing(many.ids[12]!, many.ids[8]!)).length > 1000)
})

test('a contradicting state is another one', async () => {
  const { runtime, servers, ids, roomId, state } = setUp(faulty('contradicting-state'))
  const answers = new Set<string>()
  for (let i = 0; i < 10; i++) {
    const answer = await runtime.run(servers.stateIds(alpha, roomId, ids[12]!, never))
    answers.add(String(answer?.stateIds))
  }
  assert.ok(answers.size > 3)
  assert.ok(![...answers].every(answer => answer === String(state)))
})

test('with every fault alike about the wanted share goes wrong, each question is written down, and all repeats from the seed', async () => {
  const run = async () => {
    const { runtime, servers, ids, roomId } = setUp({ faults: allFaultsAlike(0.33) })
    for (let i = 0; i < 300; i++) {
      const about = ids[3 + (i % 20)]!
      const questions: (() => Promise<unknown>)[] = [
        () => servers.event(alpha, about, never),
        () => servers.eventAuth(alpha, roomId, about, never),
        () => servers.stateIds(alpha, roomId, about, never),
        () => servers.state(alpha, roomId, about, never),
        () => servers.missingEvents(alpha, roomId, { latest: [about], earliest: [], limit: 20, minDepth: 2 }, never),
      ]
      await runtime.run(questions[i % 5]!().catch((error: RemoteServerError) => error.kind))
    }
    return servers.asked
  }
  const asked = await run()
  assert.equal(asked.length, 300)
  const wrong = asked.filter(({ fault }) => fault !== undefined)
  assert.ok(wrong.length > 60 && wrong.length < 140, `${wrong.length}`)
  assert.ok(new Set(wrong.map(({ fault }) => fault)).size > 10)
  assert.deepEqual(await run(), asked)
})
