/**
 * Where a suite's tests keep their database: made anew for each test.
 */
import type { Storage } from '../storage.ts'

export interface Place {
  /** Opens the database, making it at first. What was opened before must be closed. */
  open(): Promise<Storage>
  /** Another process takes over while the storage is open: the epoch is not its own any more. */
  takeOver(): Promise<void>
  /** Ends the place: what is open was closed. */
  remove(): Promise<void>
}

export interface StorageTest {
  /** A sentence. */
  readonly name: string
  run(place: Place): Promise<void>
}

/** For tests that open once: closes whatever comes. */
export async function using<T>(place: Place, run: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await place.open()
  try {
    return await run(storage)
  } finally {
    await storage.close()
  }
}
