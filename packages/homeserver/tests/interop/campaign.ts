/** What is played: every scenario in every room version that has what it needs, the room made on either program. */
import { rulesOf } from '@neurite/protocol'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

/** Each differs from the one before it in what servers must agree on. */
const allVersions = ['1', '6', '9', '10', '11', '12']
/** The two that differ most and are in use. */
const shortVersions = ['10', '12']
const hosts = ['neurite', 'synapse'] as const

export interface Choice {
  /** Two room versions only. */
  readonly short: boolean
  /** Empty: all. */
  readonly versions: readonly string[]
  /** By name; empty: all. */
  readonly scenarios: readonly string[]
  /** Where rooms are made; absent: on either program. */
  readonly host?: string | undefined
}

export interface Part {
  /** Scenario, room version and host. */
  readonly name: string
  readonly tells: string
  readonly host: string
  play(world: World): Promise<void>
}

export function campaign({ short, versions, scenarios: names, host }: Choice): Part[] {
  const chosen = versions.length > 0 ? versions : short ? shortVersions : allVersions
  return scenarios
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .flatMap(scenario => chosen.flatMap(version => partsOf(scenario, version)))
    .filter(part => host === undefined || part.host === host)
}

function partsOf({ name, tells, needs, play }: Scenario, version: string): Part[] {
  const rules = rulesOf(version)
  if (needs?.(rules) === false) return []
  return hosts.map(host => ({
    ...{ name: `${name}, version ${version}, made on ${host}`, tells, host },
    play: async world => {
      try {
        await play(new Stage(world, rules, host))
      } finally {
        world.heal()
      }
    },
  }))
}
