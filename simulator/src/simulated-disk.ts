/**
 * A disk that can be cut off at any moment: what was not synced is gone, and what was synced but not yet acknowledged is
 * there without the process having learnt of it. Syncs, acknowledgements and some of the reads take virtual time.
 */
import type { Runtime, SeededRandomness } from '@neurite/roomserver/runtime'
import {
  MemoryDisk,
  type MemoryStorage,
  openMemoryStorage,
  type QueueRow,
  type Reader,
  type Storage,
} from '@neurite/roomserver/storage'

export interface DiskTiming {
  /** Milliseconds that a sync takes, least and most. */
  readonly sync: readonly [least: number, most: number]
  /** Milliseconds from the sync until the process knows of it. The same for all, so that the order stays. */
  readonly acknowledgement: number
  /** How likely a read takes some milliseconds, and not no time at all. */
  readonly slowRead: number
}

export const defaultDiskTiming: DiskTiming = { sync: [1, 20], acknowledgement: 1, slowRead: 0.05 }

export class SimulatedDisk {
  readonly #random: SeededRandomness
  readonly #timing: DiskTiming
  readonly #disk = new MemoryDisk()
  #storage: MemoryStorage | undefined

  constructor(random: SeededRandomness, timing: DiskTiming = defaultDiskTiming) {
    this.#random = random
    this.#timing = timing
  }

  /** What still waits in the input queue. */
  get queue(): readonly QueueRow[] {
    return [...this.#disk.queue.values()]
  }

  /** @param runtime of the process that uses the disk from now on */
  async mount(runtime: Runtime): Promise<Storage> {
    if (this.#storage !== undefined) throw new Error('the disk is in use')
    const sync = () => runtime.timers.sleep(this.#random.between(...this.#timing.sync))
    this.#storage = await openMemoryStorage({ disk: this.#disk, sync })
    return new MountedDisk(this.#storage, runtime, this.#random, this.#timing)
  }

  /** Cuts the process off that uses the disk. */
  cutOff(): void {
    this.#storage?.crash()
    this.#storage = undefined
  }
}

/** The storage with the time that its answers take. What is written is copied: nobody may go on changing it. */
class MountedDisk implements Storage {
  readonly reader: Reader
  readonly #storage: MemoryStorage
  readonly #runtime: Runtime
  readonly #timing: DiskTiming

  constructor(storage: MemoryStorage, runtime: Runtime, random: SeededRandomness, timing: DiskTiming) {
    this.#storage = storage
    this.#runtime = runtime
    this.#timing = timing
    this.reader = sometimesSlow(storage.reader, runtime, random, timing.slowRead)
  }

  commit(...[commit]: Parameters<Storage['commit']>) {
    return this.#acknowledged(this.#storage.commit(structuredClone(commit)))
  }

  change(...[changes]: Parameters<Storage['change']>) {
    return this.#acknowledged(this.#storage.change(structuredClone(changes)))
  }

  purge(...[room, most]: Parameters<Storage['purge']>) {
    return this.#acknowledged(this.#storage.purge(room, most))
  }

  enqueue(...[items]: Parameters<Storage['enqueue']>) {
    return this.#acknowledged(this.#storage.enqueue(structuredClone(items)))
  }

  retryLater(...[retries]: Parameters<Storage['retryLater']>) {
    return this.#acknowledged(this.#storage.retryLater(structuredClone(retries)))
  }

  dequeue(...[rows]: Parameters<Storage['dequeue']>) {
    return this.#acknowledged(this.#storage.dequeue(rows))
  }

  allotRoom() {
    return this.#storage.allotRoom()
  }

  internEventTypes(...[types]: Parameters<Storage['internEventTypes']>) {
    return this.#storage.internEventTypes(types)
  }

  internStateKeys(...[keys]: Parameters<Storage['internStateKeys']>) {
    return this.#storage.internStateKeys(keys)
  }

  close(): Promise<void> {
    return this.#storage.close()
  }

  async #acknowledged<T>(write: Promise<T>): Promise<T> {
    const result = await write
    await this.#runtime.timers.sleep(this.#timing.acknowledgement)
    return result
  }
}

/** A reader some of whose answers take time, so that other things happen meanwhile. */
function sometimesSlow(reader: Reader, { timers }: Runtime, random: SeededRandomness, chance: number): Reader {
  return new Proxy(reader, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        const answer: unknown = await method.apply(target, args)
        if (random.chance(chance)) await timers.sleep(random.between(1, 5))
        return answer
      }
    },
  })
}
