/**
 * What an event costs a whole homeserver: from another server through HTTP and signatures until it can be read, and from a client. The
 * server is a process of its own, as in production; Synapse stands beside it in the same run where it can be installed.
 */
import { join } from 'node:path'
import { Authority } from '@neurite/homeserver/federation/testing'
import { synapsePackage } from '@neurite/homeserver/testing'
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import { asyncRounds } from '../measure-async.ts'
import type { ScriptedRoom } from '../roomserver/scripted-room.ts'
import { temporaryFolder } from '../roomserver/server.ts'
import { Client } from './client.ts'
import { ScriptedHomeserver } from './scripted-homeserver.ts'
import { canReadCpu, ServerUnderTest } from './server-under-test.ts'

/** Those that peers were measured with. */
const version = '10'
const mustBe = 1
const aim = 0.4
/** Rounds before those that count: a server is measured that has run for a while. */
const warmUpRounds = 3
const branches = 8
const membersOfForks = 1_000
const senderCount = 20

/** How much of the work a round has. Synapse gets a fifth: what it takes for all would make the run an hour long. */
const sizes = {
  neurite: { messages: 1_000, joins: 1_000, forks: 30, sends: 600, warmUpRounds },
  synapse: { messages: 200, joins: 200, forks: 6, sends: 120, warmUpRounds: 1 },
} as const

/** A workload of one round: what is there before, and what is measured. */
interface Workload {
  readonly name: string
  /** Unmeasured. @returns how many events `run` brings, and `run` */
  readonly prepare: () => Promise<{ readonly events: number; readonly run: () => Promise<void> }>
}

export const federationBenchmark: Benchmark = {
  name: 'federation',
  measures:
    'CPU of an event over all threads of a homeserver: from another server over HTTP until it can be read; from clients',
  takesLong: true,
  async run() {
    if (!canReadCpu()) throw new Error('the CPU time of another process is read from /proc, which is not here')
    const authority = new Authority('made-up authority of benchmarks')
    const folder = temporaryFolder()
    const other = await ScriptedHomeserver.start(authority)
    const servers = [await ServerUnderTest.neurite(join(folder, 'neurite'), authority)]
    const synapse = await synapsePackage(line => console.error(line))
    if ('missing' in synapse) console.error(`Without Synapse: ${synapse.missing}.`)
    else servers.push(await ServerUnderTest.synapse(join(folder, 'synapse'), authority, synapse.python))
    try {
      return await figuresOf(servers, other)
    } finally {
      for (const server of servers) await server.stop()
      await other.close()
    }
  },
}

/** All workloads of all servers in turns. */
async function figuresOf(servers: readonly ServerUnderTest[], other: ScriptedHomeserver): Promise<Figure[]> {
  const subjects: { server: ServerUnderTest; workload: Workload; cpu: number[]; wall: number[] }[] = []
  for (const server of servers)
    for (const workload of await workloadsOf(server, other)) subjects.push({ server, workload, cpu: [], wall: [] })
  for (let round = -warmUpRounds; round < asyncRounds; round++)
    for (const { server, workload, cpu, wall } of subjects) {
      if (round < -sizes[server.program].warmUpRounds) continue
      const { events, run } = await workload.prepare()
      await server.rest()
      const [cpuBefore, wallBefore] = [server.cpu(), performance.now()]
      await run()
      const wallAfter = performance.now()
      await server.rest()
      if (round < 0) continue
      cpu.push((server.cpu() - cpuBefore) / events)
      wall.push((wallAfter - wallBefore) / events)
    }
  return subjects.map(({ server, workload, cpu, wall }) =>
    timeFigure(
      `${server.program}: ${workload.name}`,
      'ms',
      { cpu, wall },
      server.program === 'neurite' ? { must: mustBe, aim } : {},
    ),
  )
}

async function workloadsOf(server: ServerUnderTest, other: ScriptedHomeserver): Promise<Workload[]> {
  const size = sizes[server.program]
  const host = await Client.register(server, 'host')
  let rooms = 0
  const joinedRoom = async () => other.join(server, await host.createRoom(version), `room-${rooms++}`, version)
  const talk = await joinedRoom()
  const large = await joinedRoom()
  const sent = (room: ScriptedRoom, pdus: readonly string[]) => ({
    events: pdus.length,
    run: () => other.sendAll(server, room, pdus),
  })
  await sent(
    large,
    times(membersOfForks, () => large.join()),
  ).run()
  const senders: Client[] = []
  for (let index = 0; index < senderCount; index++) senders.push(await Client.register(server, `sender-${index}`))
  return [
    {
      name: 'a message, 1 room',
      prepare: async () =>
        sent(
          talk,
          times(size.messages, () => talk.message()),
        ),
    },
    {
      name: `a join, 1 room, from 1 member to ${size.joins}`,
      prepare: async () => {
        const room = await joinedRoom()
        return sent(
          room,
          times(size.joins, () => room.join()),
        )
      },
    },
    {
      name: `an event of forks of ${branches} branches, 1 room of ${membersOfForks} members`,
      prepare: async () => sent(large, times(size.forks, () => large.fork(branches)).flat()),
    },
    await localSends(`a message from a client, ${senderCount} senders, 1 room`, senders, 1, size.sends),
    await localSends(
      `a message from a client, ${senderCount} senders, ${senderCount} rooms`,
      senders,
      senderCount,
      size.sends,
    ),
  ]
}

/** All senders send side by side, each their next message when the one before is answered. */
async function localSends(
  name: string,
  senders: readonly Client[],
  roomCount: number,
  messages: number,
): Promise<Workload> {
  const [creator] = senders as [Client]
  const rooms: string[] = []
  for (let index = 0; index < roomCount; index++) rooms.push(await creator.createRoom(version))
  const roomOf = (index: number) => rooms[index % roomCount] as string
  for (const [index, sender] of senders.entries()) if (sender !== creator) await sender.join(roomOf(index))
  const each = messages / senders.length
  const send = async (sender: Client, index: number) => {
    for (let message = 0; message < each; message++) await sender.say(roomOf(index), `Message ${message} of ${index}`)
  }
  return {
    name,
    prepare: async () => ({
      events: messages,
      run: async () => {
        await Promise.all(senders.map(send))
      },
    }),
  }
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}
