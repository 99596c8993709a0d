/**
 * Runs the checks: those of the database, then room by room. A check that cannot go on says so as a finding and stops neither the
 * others nor other rooms.
 */
import { type Crypto, rulesOf, UnsupportedRoomVersion } from '@neurite/protocol'
import { EventCache, StateCaches, StateStore } from '../state/index.ts'
import type { Inventory, Reader, RoomRow } from '../storage/index.ts'
import type { Check, CheckContext, CheckedRoom, Finding, Found } from './check.ts'
import { checks } from './checks/index.ts'
import { OutputNotes } from './output-notes.ts'
import { type Page, roomPages } from './pages.ts'

export interface DoctorParts {
  readonly reader: Reader
  /** Undefined: the back end has none. */
  readonly inventory?: Inventory | undefined
  readonly crypto: Crypto
  /** Lets other work run: see runtime/. */
  readonly yieldNow: () => Promise<void>
}

export interface ExamineOptions {
  /** Only this room. */
  readonly roomId?: string | undefined
  /** Told now and then of how far it is. */
  readonly progress?: (progress: Progress) => void
}

export interface Progress {
  readonly check: string
  readonly room: string | undefined
  /** Rows that the check has looked at. */
  readonly done: number
}

/** What was looked at, and what came out. */
export interface Examination {
  readonly rooms: number
  readonly events: number
  /** Events whose verdict may still change: they rest on a state that someone gave. */
  readonly provisional: number
  readonly findings: number
  readonly notes: number
}

/** Findings named for a check of one room at most; the others are counted. */
const maxNamed = 50
const cacheBytes = 256 * 1024 * 1024
const pageRows = 500

/** @param tell is given each finding as it is found */
export async function examine(
  parts: DoctorParts,
  tell: (finding: Finding) => void,
  options: ExamineOptions = {},
): Promise<Examination> {
  return new Doctor(parts, tell, options).examine()
}

class Doctor {
  readonly #parts: DoctorParts
  readonly #tell: (finding: Finding) => void
  readonly #options: ExamineOptions
  readonly #outputs = new OutputNotes()
  #rooms = 0
  #events = 0
  #provisional = 0
  #findings = 0
  #notes = 0

  constructor(parts: DoctorParts, tell: (finding: Finding) => void, options: ExamineOptions) {
    this.#parts = parts
    this.#tell = tell
    this.#options = options
  }

  async examine(): Promise<Examination> {
    const { reader } = this.#parts
    const { roomId } = this.#options
    for (const check of checks.filter(({ of }) => of === 'database')) await this.#run(check, undefined)
    if (roomId === undefined) for await (const page of roomPages(reader)) await this.#page(page)
    else {
      const row = await reader.room(roomId)
      if (row === undefined) this.#found('rooms', roomId, { message: 'there is no such room' })
      else await this.#room(row)
    }
    const [rooms, events, provisional] = [this.#rooms, this.#events, this.#provisional]
    return { rooms, events, provisional, findings: this.#findings, notes: this.#notes }
  }

  async #page(page: Page<RoomRow>): Promise<void> {
    if (page.kind === 'damaged') this.#found('rooms', undefined, { message: page.error.message })
    else for (const row of page.rows) await this.#room(row)
  }

  async #room(row: RoomRow): Promise<void> {
    this.#rooms++
    let rules: CheckedRoom['rules']
    try {
      rules = rulesOf(row.roomVersion)
    } catch (error) {
      if (!(error instanceof UnsupportedRoomVersion)) throw error
      this.#found('rooms', row.roomId, { message: error.message })
      return
    }
    this.#events += row.next.event - 1
    for (const check of checks.filter(({ of }) => of === 'room')) await this.#run(check, { row, rules })
    await this.#countProvisional(row)
  }

  async #run(check: Check, room: CheckedRoom | undefined): Promise<void> {
    const { id } = check
    const roomId = room?.row.roomId
    let named = 0
    let unnamed = 0
    try {
      const context = this.#context(id, roomId)
      const found = check.of === 'database' ? check.run(context) : check.run(room as CheckedRoom, context)
      for await (const finding of found)
        if (named++ < maxNamed) this.#found(id, roomId, finding)
        else unnamed++
    } catch (error) {
      this.#found(id, roomId, { message: `the check cannot go on: ${sentence(error)}` })
    }
    if (unnamed > 0) this.#found(id, roomId, { message: `and ${unnamed} more of this kind` })
  }

  #context(check: string, room: string | undefined): CheckContext {
    const { reader, inventory, crypto, yieldNow } = this.#parts
    // Of its own for each check of each room: what one of them works out is no evidence for another.
    const caches = new StateCaches(cacheBytes)
    const events = new EventCache(reader, caches)
    let done = 0
    return {
      ...{ reader, inventory, crypto, events, outputs: this.#outputs },
      states: new StateStore({ reader, caches, events, crypto, yieldNow }),
      pause: async rows => {
        done += rows
        this.#options.progress?.({ check, room, done })
        await yieldNow()
      },
    }
  }

  #found(check: string, room: string | undefined, { event, message, severity = 'damage' }: Found): void {
    if (severity === 'damage') this.#findings++
    else this.#notes++
    this.#tell({ check, severity, room, event, message })
  }

  async #countProvisional({ room, roomId }: RoomRow): Promise<void> {
    const { reader } = this.#parts
    try {
      for (let after: Parameters<Reader['provisionalEvents']>[1] = 0; ; ) {
        const rows = await reader.provisionalEvents(room, after, pageRows)
        this.#provisional += rows.length
        const last = rows.at(-1)
        if (last === undefined) return
        after = last.event
      }
    } catch (error) {
      this.#found('columns', roomId, { message: `provisional events cannot be counted: ${sentence(error)}` })
    }
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
