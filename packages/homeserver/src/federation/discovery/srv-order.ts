/** The order in which the targets of SRV records are tried. RFC 2782, "Usage rules". */
import type { Randomness } from '@neurite/roomserver/runtime'
import type { SrvRecord } from '../../runtime/network.ts'
import { isHostName } from './host.ts'
import type { Target } from './route.ts'

/** Targets tried of one service: others than a few only make a dead one slow to fail. */
const maxTargets = 4

/**
 * @returns the lowest priority first, at random by weight among equals; empty where the records say that there is no such service, or
 *   name nothing that is a host
 */
export function targetsOf(records: readonly SrvRecord[], randomness: Randomness): Target[] {
  const usable = records.filter(({ target, port }) => port > 0 && isHostName(target))
  const priorities = [...new Set(usable.map(({ priority }) => priority))].sort((a, b) => a - b)
  return priorities
    .flatMap(priority =>
      byWeight(
        usable.filter(record => record.priority === priority),
        randomness,
      ),
    )
    .slice(0, maxTargets)
    .map(({ target: host, port }) => ({ host, port }))
}

/** Draws one after the other, each as likely as its weight is large; those of weight 0 first in line, so that they have a small chance. */
function byWeight(records: readonly SrvRecord[], randomness: Randomness): SrvRecord[] {
  const left = records.toSorted((a, b) => Number(a.weight > 0) - Number(b.weight > 0))
  const ordered: SrvRecord[] = []
  while (left.length > 0) {
    const sum = left.reduce((total, { weight }) => total + weight, 0)
    let draw = randomness.nextInt(sum + 1)
    const at = left.findIndex(({ weight }) => {
      draw -= weight
      return draw <= 0
    })
    ordered.push(...left.splice(at, 1))
  }
  return ordered
}
