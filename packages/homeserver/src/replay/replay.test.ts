import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { runReplay } from './run-replay.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const cli = join(root, 'packages/homeserver/src/cli.ts')
const examples = ['room-v1.json', 'room-v10.json.gz', 'room-v12.json'].map(name => join(root, 'examples', name))
const [v1 = '', v10 = '', v12 = ''] = examples
const folder = mkdtempSync(join(tmpdir(), 'neurite-replay-'))
after(() => rmSync(folder, { recursive: true }))

interface EventInFile {
  event_id: string
  pdu: { content: object; auth_events: unknown[]; prev_events: unknown[]; depth: unknown }
  expect: { verdict: string; soft_failed: boolean; check?: string; state_before?: { sha256: string; count: number } }
}

interface RoomInFile {
  room_version: string
  server_keys: Record<string, Record<string, string>>
  events: EventInFile[]
  final_state_sha256: string
  forward_extremities: string[]
  other_orders: { order: number[]; soft_failed: number[] }[]
}

async function replay(files: readonly string[], order = 'all', json = false) {
  const lines: string[] = []
  const problems: string[] = []
  const output = { line: (text: string) => lines.push(text), problem: (text: string) => problems.push(text) }
  return { status: await runReplay(files, { order, json }, output), lines, problems }
}

/** Writes bytes into a file of their own. */
function fileOf(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

/** A copy of the room of version 12, changed. */
function tampered(change: (room: RoomInFile) => void): string {
  const room = JSON.parse(readFileSync(v12, 'utf8')) as RoomInFile
  change(room)
  return fileOf('tampered.json', JSON.stringify(room))
}

const eventAt = (room: RoomInFile, index: number): EventInFile => room.events[index] as EventInFile

/** What the only line of a problem says after the file's name. */
async function problemOf(file: string, order = 'first'): Promise<string> {
  const { status, problems } = await replay([file], order)
  assert.equal(status, 2)
  assert.equal(problems.length, 1)
  const [problem = ''] = problems
  assert.ok(problem.startsWith(`${file}: `), `${problem} begins with the file`)
  return problem.slice(file.length + 2)
}

test('the example rooms come out as they expect, in every order', async () => {
  const { status, lines, problems } = await replay(examples)
  assert.equal(status, 0)
  assert.deepEqual(problems, [])
  assert.match(lines[0] ?? '', /^room-v1\.json: 113 events, 4 orders, 0 differences, \d+ events\/s$/)
  assert.equal(lines.length, 3)
})

test('with --json each file is one object', async () => {
  const { lines } = await replay([v1], '1', true)
  const { eventsPerSecond, ...rest } = JSON.parse(lines[0] ?? '')
  assert.deepEqual(rest, { file: v1, events: 113, orders: 1, differences: [] })
  assert.ok(eventsPerSecond > 0)
})

test('an expectation that is not met is named with event, expected and actual', async () => {
  let eventId = ''
  let sha256 = ''
  const changes: Record<string, [(room: RoomInFile) => void, (line: string) => boolean]> = {
    verdict: [
      room => {
        eventId = eventAt(room, 3).event_id
        Object.assign(eventAt(room, 3).expect, { verdict: 'rejected', check: 'auth_events' })
      },
      line => line === `  order 0, ${eventId}: verdict: expected rejected, came accepted`,
    ],
    check: [
      room => {
        eventId = eventAt(room, 10).event_id
        eventAt(room, 10).expect.check = 'state_before'
      },
      line => line.startsWith(`  order 0, ${eventId}: check: expected state_before, came auth_events (auth_events: `),
    ],
    'soft failure': [
      room => {
        eventId = eventAt(room, 4).event_id
        eventAt(room, 4).expect.soft_failed = true
      },
      line => line === `  order 0, ${eventId}: soft-failed: expected true, came false`,
    ],
    'state before': [
      room => {
        eventId = eventAt(room, 5).event_id
        sha256 = eventAt(room, 5).expect.state_before?.sha256 ?? ''
        Object.assign(eventAt(room, 5).expect, { state_before: { sha256: 'f00', count: 5 } })
      },
      line => line === `  order 0, ${eventId}: state before: expected f00, came ${sha256}`,
    ],
    'event ID': [
      room => {
        eventId = eventAt(room, room.events.length - 1).event_id
        eventAt(room, room.events.length - 1).event_id = '$other'
      },
      line => line === `  order 0, $other: event ID: expected $other, came ${eventId}`,
    ],
    'forward extremities': [
      room => {
        eventId = room.forward_extremities.sort().join(' ')
        room.forward_extremities = []
      },
      line => line === `  order 0, room: forward extremities: expected , came ${eventId}`,
    ],
    'final state': [
      room => {
        sha256 = room.final_state_sha256
        room.final_state_sha256 = 'f00'
      },
      line => line.startsWith('  order 0, room: final state: expected '),
    ],
  }
  for (const [name, [change, isSaid]] of Object.entries(changes)) {
    const { status, lines } = await replay([tampered(change)], 'first')
    assert.equal(status, 1, name)
    assert.ok(lines.some(isSaid), `${name}:\n${lines.join('\n')}`)
  }
})

test('an event that was changed after signing goes on redacted, and this is a difference', async () => {
  let eventId = ''
  const file = tampered(room => {
    const index = room.events.findLastIndex(({ pdu }) => 'msgtype' in pdu.content)
    eventId = eventAt(room, index).event_id
    eventAt(room, index).pdu.content = { msgtype: 'm.text', body: 'changed' }
  })
  const { status, lines } = await replay([file], 'first')
  assert.equal(status, 1)
  assert.ok(lines.includes(`  order 0, ${eventId}: redacted: expected false, came true`), lines.join('\n'))
})

test('a file that is no JSON is named with the line of the fault', async () => {
  assert.match(await problemOf(fileOf('no.json', 'no JSON')), /^line 1: /)
  assert.match(await problemOf(fileOf('empty.json', '')), /^line 1: /)
  assert.match(await problemOf(fileOf('fault.json', '{\n"room_version": "1",\n"events": [,]\n}\n')), /^line 3: /)
  // Lines are counted in text, not in bytes.
  assert.match(await problemOf(fileOf('wide.json', `{\n"${'é'.repeat(99)}": 1,\n"events": [,]\n}\n`)), /^line 3: /)
  assert.match(await problemOf(fileOf('bytes.json', new Uint8Array([0x22, 0xff, 0x22]))), /^the bytes are not UTF-8$/)
})

test('a field of a wrong type is named with its event', async () => {
  const ways: [(room: RoomInFile) => void, RegExp][] = [
    [room => Object.assign(room, { events: {} }), /^the file: events is not an array$/],
    [room => Object.assign(room, { room_version: 12 }), /^the file: room_version is not a string$/],
    [room => Object.assign(room, { room_version: '99' }), /^room version "99" is not supported$/],
    [room => Object.assign(room, { server_keys: { a: { b: '!' } } }), /^server_keys: b of a is not base64$/],
    [room => room.events.push('x' as never), /^events\[110\] is not an object$/],
    [room => Object.assign(eventAt(room, 7), { event_id: 7 }), /^events\[7\]: event_id is not a string$/],
    [
      room => Object.assign(eventAt(room, 7).expect, { verdict: 'maybe' }),
      /^events\[7\] \(\$[\w-]{43}\), expect: verdict is not one of accepted, rejected$/,
    ],
    [room => room.other_orders[0]?.order.pop(), /^other_orders\[0\]\.order does not hold each of the 110 events once$/],
    [
      room => room.other_orders[1]?.soft_failed.push(110),
      /^other_orders\[1\]\.soft_failed names 110, which is none of the 110 events$/,
    ],
  ]
  for (const [change, said] of ways) assert.match(await problemOf(tampered(change)), said)
  assert.match(await problemOf(fileOf('list.json', '[]')), /^the file is not an object$/)
})

test('an event that refers to one that has not arrived is named, and so is one that arrives twice', async () => {
  let first = ''
  const missing = tampered(room => {
    first = room.events.splice(3, 1)[0]?.event_id ?? ''
    room.other_orders = []
  })
  const said = await problemOf(missing)
  assert.match(said, /^event \$[\w-]{43} refers to \$[\w-]{43}, which has not arrived before it$/)
  assert.ok(said.includes(first))

  const twice = tampered(room => {
    first = eventAt(room, 3).event_id
    room.events.splice(4, 0, eventAt(room, 3))
    room.other_orders = []
  })
  assert.equal(await problemOf(twice), `event ${first} arrives twice`)
})

test('an order that the file does not have is refused', async () => {
  for (const order of ['4', '-1', 'last', '1.5', ''])
    assert.equal(await problemOf(v10, order), `there is no order ${order}; the file has 0 to 3`)
})

test('a path that cannot be read and a truncated gzip file are named, and the other files are replayed all the same', async () => {
  const bytes = readFileSync(v10)
  const truncated = fileOf('truncated.json.gz', bytes.subarray(0, bytes.length / 2))
  const plain = fileOf('plain.json.gz', gunzipSync(bytes))
  const absent = join(folder, 'absent.json')
  const cut = fileOf('cut.json.gz', gzipSync(gunzipSync(bytes).subarray(0, 1000)))
  const { status, lines, problems } = await replay([truncated, plain, absent, folder, cut, v1], 'first')
  assert.equal(status, 2)
  for (const [index, file] of [truncated, plain, absent, folder].entries())
    assert.ok(problems[index]?.startsWith(`${file}: cannot be read: `), problems.join('\n'))
  assert.match(problems[4] ?? '', /cut\.json\.gz: line \d+: /)
  assert.equal(problems.length, 5)
  assert.match(lines.join('\n'), /^room-v1\.json: 113 events, 1 orders, 0 differences/)
})

test('the command exits with the status, and writes results and problems apart', () => {
  const command = (...args: string[]) => spawnSync(process.execPath, [cli, 'replay', ...args], { encoding: 'utf8' })
  const good = command(v12)
  assert.equal(good.status, 0)
  assert.match(good.stdout, /^room-v12\.json: 110 events, 1 orders, 0 differences/)
  const differing = command(tampered(room => Object.assign(room, { final_state_sha256: 'f00' })))
  assert.equal(differing.status, 1)
  assert.match(differing.stdout, /order 0, room: final state: expected /)
  const absent = join(folder, 'absent.json')
  const bad = command(absent)
  assert.equal(bad.status, 2)
  assert.equal(bad.stdout, '')
  assert.match(bad.stderr, /absent\.json: cannot be read: /)
  assert.equal(command().status, 2)
  assert.equal(command('--unknown', v12).status, 2)
})
