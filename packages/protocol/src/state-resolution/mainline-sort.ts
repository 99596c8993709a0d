/**
 * The mainline ordering: events that rest on older power levels come first. Room version 2, "Mainline ordering".
 */
import { codePointCompare } from '../canonical-json/index.ts'
import type { EventNumber, RoomGraph } from './input.ts'

/**
 * @param powerLevels the power levels event of the partially resolved state, whose mainline counts; undefined where it has
 *   none: then no event has a position, and timestamps and event IDs decide
 */
export function mainlineSort(
  events: Iterable<EventNumber>,
  powerLevels: EventNumber | undefined,
  graph: RoomGraph,
): EventNumber[] {
  const placing = new Placing(powerLevels, graph)
  return Array.from(events, event => placing.of(event))
    .sort(compare)
    .map(({ event }) => event)
}

/** An event with what decides its place. */
interface Placed {
  readonly event: EventNumber
  readonly position: number
  readonly timestamp: number | bigint
  readonly eventId: string
}

function compare(a: Placed, b: Placed): number {
  // The greater position is the older mainline event, and no mainline event at all (infinity) sorts before every one.
  if (a.position !== b.position) return a.position > b.position ? -1 : 1
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1
  return codePointCompare(a.eventId, b.eventId)
}

class Placing {
  readonly #powerLevels: EventNumber | undefined
  readonly #graph: RoomGraph
  #positions: MainlinePositions | undefined

  constructor(powerLevels: EventNumber | undefined, graph: RoomGraph) {
    this.#powerLevels = powerLevels
    this.#graph = graph
  }

  of(event: EventNumber): Placed {
    const known = this.#graph.remembered?.(event)
    if (known === undefined) {
      const { originServerTs, eventId } = this.#graph.event(event)
      return { event, position: this.#positionOf(event), timestamp: originServerTs, eventId }
    }
    const { eventId, timestamp, mainlinePosition } = known
    if (mainlinePosition !== undefined && mainlinePosition.powerLevels === this.#powerLevels)
      return { event, position: mainlinePosition.position, timestamp, eventId }
    const position = this.#positionOf(event)
    known.mainlinePosition = { powerLevels: this.#powerLevels, position }
    return { event, position, timestamp, eventId }
  }

  #positionOf(event: EventNumber): number {
    this.#positions ??= new MainlinePositions(this.#powerLevels, this.#graph)
    return this.#positions.of(event)
  }
}

/** Positions on a mainline: 0 is the newest power levels event, infinity is off the line. */
class MainlinePositions {
  readonly #graph: RoomGraph
  readonly #powerLevelsKey: number | undefined
  /** The position of power levels events: those on the line, and those off it that were asked for. */
  readonly #known = new Map<EventNumber, number>()

  constructor(powerLevels: EventNumber | undefined, graph: RoomGraph) {
    this.#graph = graph
    this.#powerLevelsKey = graph.keyNumber('m.room.power_levels', '')
    let position = 0
    for (let event = powerLevels; event !== undefined; event = this.#powerLevelsOf(event))
      this.#known.set(event, position++)
  }

  /** An event's position is that of the nearest mainline event among its ancestors; the event itself does not count. */
  of(event: EventNumber): number {
    const passed: EventNumber[] = []
    let position = Number.POSITIVE_INFINITY
    for (let at = this.#powerLevelsOf(event); at !== undefined; at = this.#powerLevelsOf(at)) {
      const known = this.#known.get(at)
      if (known !== undefined) {
        position = known
        break
      }
      passed.push(at)
    }
    for (const powerLevels of passed) this.#known.set(powerLevels, position)
    return position
  }

  /** The power levels event among an event's auth events. */
  #powerLevelsOf(event: EventNumber): EventNumber | undefined {
    const authEvents = this.#graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++) {
      const authEvent = authEvents[i] as EventNumber
      if (this.#graph.keyOf(authEvent) === this.#powerLevelsKey) return authEvent
    }
    return undefined
  }
}
