/** The shape of a scenario: what two or three servers go through together, and where it can be played. */
import type { RoomVersionRules } from '@neurite/protocol'
import type { Stage } from './stage.ts'

export interface Scenario {
  /** One word or two, by which it is picked. */
  readonly name: string
  /** A sentence that is true where it passes. */
  readonly tells: string
  /** Whether rooms of a version have what it needs; absent: all have. */
  readonly needs?: (rules: RoomVersionRules) => boolean
  /** @throws where the servers did not do as they should, or do not agree */
  play(stage: Stage): Promise<void>
}
