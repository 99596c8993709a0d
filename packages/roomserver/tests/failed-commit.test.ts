/**
 * A commit that the disk refuses, and what was being decided on top of it: nothing of what never came to be outlives it, and what can be
 * taken without it is taken.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeRuntime } from '../src/runtime/index.ts'
import { openMemoryStorage, type Storage, StorageFull } from '../src/storage/index.ts'
import { here, ServerInMemory } from './server-in-memory.ts'
import { assertSound } from './sound.ts'
import { storageWith } from './storage-with.ts'

const ann = `@ann:${here}`

/** Something that stops where it is asked to, and goes on, or fails, when told. */
class Gate {
  #reached = Promise.withResolvers<void>()
  #open: PromiseWithResolvers<void> | undefined

  shut(): void {
    this.#reached = Promise.withResolvers<void>()
    this.#open = Promise.withResolvers<void>()
  }

  /** Resolves once somebody stands before it. */
  get reached(): Promise<void> {
    return this.#reached.promise
  }

  async pass(): Promise<void> {
    this.#reached.resolve()
    await this.#open?.promise
  }

  open(): void {
    this.#open?.resolve()
    this.#open = undefined
  }

  fail(error: Error): void {
    this.#open?.reject(error)
    this.#open = undefined
  }
}

/** @returns the same storage, but that commits and new names pass gates */
function gated(storage: Storage, commits: Gate, names: Gate): Storage {
  // Commits stay in their order, as the contract of storage has it.
  let last: Promise<unknown> = Promise.resolve()
  return storageWith(storage, {
    commit: commit => {
      const committing = Promise.allSettled([last]).then(async () => {
        await commits.pass()
        return storage.commit(commit)
      })
      last = committing
      return committing
    },
    internEventTypes: async types => {
      await names.pass()
      return storage.internEventTypes(types)
    },
  })
}

async function inRoom(
  run: (server: ServerInMemory, roomId: string, commits: Gate, names: Gate) => Promise<void>,
): Promise<void> {
  const [commits, names] = [new Gate(), new Gate()]
  const server = await ServerInMemory.open({ storage: gated(await openMemoryStorage(), commits, names) })
  const { roomId } = await server.performs.performCreateRoom({
    ...{ creator: ann, preset: 'public_chat', roomVersion: '11', name: 'before' },
  })
  await run(server, roomId, commits, names)
  assert.deepEqual(server.errors, [])
  await assertSound(server.server.reader)
  await server.close()
}

async function nameOf(server: ServerInMemory, roomId: string): Promise<unknown> {
  return (await server.content(roomId, 'm.room.name'))?.['name']
}

const refused = { name: 'StorageFull', message: /the disk is full/ }
const full = () => new StorageFull(new Error('SQLITE_FULL'))
const named = (name: string) => ({ type: 'm.room.name', sender: ann, stateKey: '', content: { name } })

for (const stateKey of [undefined, ''])
  test(`a ${stateKey === undefined ? 'message' : 'state event'} that was being decided on top of it is taken on top of what there is`, async () => {
    await inRoom(async (server, roomId, commits, names) => {
      commits.shut()
      const lost = assert.rejects(server.performs.performSend({ roomId, event: named('lost') }), refused)
      await commits.reached
      names.shut()
      const event = {
        type: 'org.example.new',
        sender: ann,
        content: {},
        ...(stateKey === undefined ? {} : { stateKey }),
      }
      const sending = server.performs.performSend({ roomId, event })
      await names.reached
      commits.fail(full())
      await lost
      names.open()
      const { eventId } = await sending
      assert.equal(await nameOf(server, roomId), 'before')
      assert.equal((await server.events(roomId)).at(-1)?.event.eventId, eventId)
      // What comes next, under the numbers that the lost ones had, is what it is.
      await server.performs.performSend({ roomId, event: named('after') })
      assert.equal(await nameOf(server, roomId), 'after')
    })
  })

test('what would change nothing on top of it is not said to be there', async () => {
  await inRoom(async (server, roomId, commits) => {
    commits.shut()
    const lost = assert.rejects(server.performs.performSend({ roomId, event: named('lost') }), refused)
    await commits.reached
    const same = server.performs.performSend({ roomId, event: named('lost'), unlessSame: true })
    const alsoLost = assert.rejects(same, refused)
    for (let turns = 0; turns < 50; turns++) await nodeRuntime.timers.yieldNow()
    commits.fail(full())
    await lost
    await alsoLost
    assert.equal(await nameOf(server, roomId), 'before')
  })
})

test('all that was decided on top of it is refused or taken again, and a failure that is told late harms nobody', async () => {
  await inRoom(async (server, roomId, commits) => {
    commits.shut()
    const lost = assert.rejects(server.performs.performSend({ roomId, event: named('lost') }), refused)
    await commits.reached
    const sends = Array.from({ length: 20 }, (_, at) =>
      server.performs.performSend({
        roomId,
        event: { type: 'm.room.message', sender: ann, content: { body: `${at}` } },
      }),
    )
    for (let turns = 0; turns < 50; turns++) await nodeRuntime.timers.yieldNow()
    commits.fail(full())
    await lost
    const sent = new Set((await Promise.all(sends)).map(({ eventId }) => eventId))
    assert.equal(sent.size, sends.length)
    const stored = (await server.events(roomId)).filter(({ event }) => event.type === 'm.room.message')
    assert.deepEqual(new Set(stored.map(({ event }) => event.eventId)), sent)
    assert.equal(await nameOf(server, roomId), 'before')
  })
})
