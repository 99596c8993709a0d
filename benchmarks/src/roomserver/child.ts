/**
 * What a benchmark does in a process of its own, because starts, memory and kills are of whole processes:
 * `node child.ts TASK ARGUMENT…`. Prints one line of JSON when it is done.
 */
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { StateEntry } from '@neurite/roomserver/types'
import { joinTasks } from './join-tasks.ts'
import { linearEvents } from './made-databases.ts'
import { type SavedRoom, ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, giveAll, openServer } from './server.ts'

const tasks: Readonly<Record<string, (...args: string[]) => Promise<unknown>>> = {
  ...joinTasks,

  /** Starts on a database, and is ready once it has read a room and its current state. */
  async start(path, roomId) {
    const before = performance.now()
    const { server } = await openServer(path, { crypto: acceptingCrypto })
    const row = await server.reader.room(roomId!)
    const state = await server.states.view(row?.currentSnapshot ?? 0)
    const [entry] = state.entries()
    if (entry === undefined) throw new Error('the room has no state')
    return { open: performance.now() - before, cpu: cpuNow() }
  },

  /** Goes on with a room while somebody reads, so that the log cannot be copied into the database to its end. */
  async fill(path, saved, events) {
    const { server } = await openServer(path, { crypto: acceptingCrypto })
    const reading = new DatabaseSync(path!, { readOnly: true })
    reading.exec('BEGIN')
    reading.prepare('SELECT count(*) FROM rooms').get()
    const room = ScriptedRoom.load((JSON.parse(readFileSync(saved!, 'utf8')) as SavedRoom[])[0]!)
    for (let left = Number(events); left > 0; left -= 500)
      await giveAll(
        server,
        linearEvents(room, 500).map(pdu => arriving(room, pdu)),
        500,
      )
    return { filled: true }
  },

  /** Reads the whole state of all rooms: names, event IDs, and the events' text. */
  async read(path) {
    const { server } = await openServer(path)
    const { reader, states } = server
    let bytes = 0
    let entries = 0
    for (const { currentSnapshot } of await reader.rooms(0, 1_000)) {
      const state: StateEntry[] = [...(await states.view(currentSnapshot)).entries()]
      for (let at = 0; at < state.length; at += 1_000) {
        const page = state.slice(at, at + 1_000)
        const names = await reader.stateKeys(page.map(entry => entry.stateKey))
        const rows = await reader.events(page.map(entry => entry.event))
        const texts = await reader.eventJson(page.map(entry => entry.event))
        for (const text of texts.values()) bytes += text.length
        entries += Math.min(rows.length, names.size)
      }
    }
    const { rss } = process.memoryUsage()
    return { entries, bytes, rss, maxRss: process.resourceUsage().maxRSS * 1024, cpu: cpuNow() }
  },
}

function cpuNow(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const [task = '', ...args] = process.argv.slice(2)
const run = tasks[task]
if (run === undefined) throw new Error(`there is no task ${task}`)
console.log(JSON.stringify(await run(...args)))
// Not a clean end: the log must stay as it is, and a start is a start whatever came before.
process.kill(process.pid, 'SIGKILL')
