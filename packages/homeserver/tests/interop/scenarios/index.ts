/** All scenarios, in the order they are played. */
import type { Scenario } from '../scenario.ts'
import * as events from './events.ts'
import * as memberships from './memberships.ts'
import * as separations from './separations.ts'
import * as threeServers from './three-servers.ts'
import * as upgrades from './upgrades.ts'

export const scenarios: readonly Scenario[] = [memberships, events, upgrades, separations, threeServers].flatMap(
  (file): Scenario[] => Object.values(file),
)
