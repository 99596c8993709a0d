/** What is being done while a server is killed. */
import type { Pair } from './pair.ts'

export interface Operation {
  /** In a sentence that begins with "killed during". */
  readonly name: string
  /** All that comes before. @returns the room that it is about */
  prepare(pair: Pair): Promise<string>
  /** Does it: as callers do, who ask again where they get no answer. Resolves when it has come to its end. */
  work(pair: Pair, roomId: string): Promise<void>
}
