/**
 * The operations of the contract that take events in. docs/way-of-an-event.md.
 */
import { type Crypto, type EventId, PduError, rulesOf, type ServerName } from '@neurite/protocol'
import type { CallOptions, Implementations, InputItemInfo, InputResultInfo } from '../api/index.ts'
import { RoomServerError } from '../api/index.ts'
import { authReferences, inOrder, readFetched } from './fetch/fetched-events.ts'
import type { Input } from './input.ts'
import type { InputItem, InputResult } from './item.ts'

type Names = 'inputRoomEvents' | 'inputEventWithState'

/** Outliers that are taken at once: a room's queue in memory holds some more. */
const outliersAtOnce = 500

/** @param pause lets other work run: see breathing.ts */
export function inputOperations(input: Input, crypto: Crypto, pause: () => Promise<void>): Implementations<Names> {
  return {
    async inputRoomEvents({ items, async: isAsync = false, keep = false }, options?: CallOptions) {
      // Who sends something new is up, and can be asked for what comes before it.
      for (const { kind, origin } of items) if (kind === 'new') input.heardFrom(origin as ServerName)
      if (isAsync) {
        await input.enqueue(items.map(toItem))
        return { results: [] }
      }
      const results = (await Promise.all(items.map(item => receiveOne(input, item)))).map(toInfo)
      // Who has given up waiting for the results has put the items elsewhere.
      if (keep && options?.signal?.aborted !== true) await keepUndecided(input, items, results)
      return { results }
    },

    async inputEventWithState({ event, state, authEvents, partial = false }) {
      const room = { roomId: event.roomId, rules: rulesOf(event.roomVersion), crypto, pause }
      const pdus = [...state, ...authEvents]
      const fetched = await readFetched(pdus, room, pdus.length)
      const notTaken: string[] = []
      const ordered = await inOrder(fetched, authReferences, pause)
      for (let at = 0; at < ordered.length; at += outliersAtOnce) {
        const items = ordered.slice(at, at + outliersAtOnce).map(({ pdu }) => outlier(event, pdu))
        for (const result of await input.receive(items))
          if (result.kind !== 'outlier' && result.kind !== 'known') notTaken.push(result.eventId ?? '')
      }
      const stateEventIds = await readFetched(state, room, state.length)
      const result = await receiveOne(input, {
        ...event,
        stateEventIds: [...stateEventIds.keys()],
        stateIsPartial: partial,
      })
      return { result: toInfo(result), notTaken }
    },
  }
}

/** An item, and whether the state that is given with it is known to lack members. */
type TakenItem = InputItemInfo & { readonly stateIsPartial?: boolean }

/** A failure of one is its own result: those beside it are not concerned. */
async function receiveOne(input: Input, item: TakenItem): Promise<InputResult | Error> {
  try {
    const [result] = await input.receive([toItem(item)])
    return result as InputResult
  } catch (error) {
    if (error instanceof PduError || error instanceof RoomServerError) throw error
    return error instanceof Error ? error : new Error(String(error))
  }
}

function keepUndecided(
  input: Input,
  items: readonly InputItemInfo[],
  results: readonly InputResultInfo[],
): Promise<void> {
  const tried = items.flatMap((item, at) => {
    const { kind, reason, waitsFor = [] } = results[at] as InputResultInfo
    if (kind !== 'waiting' && kind !== 'failed') return []
    return { item: toItem(item), waitsFor, why: reason?.reason ?? kind }
  })
  return input.keep(tried)
}

function toItem({ stateEventIds, stateIsPartial = false, ...item }: TakenItem): InputItem {
  if (stateEventIds === undefined) return item
  const partial = stateIsPartial ? ({ stateIsPartial } as const) : {}
  return { ...item, ...partial, stateEventIds: stateEventIds.map(id => id as EventId) }
}

function outlier({ roomId, roomVersion, origin }: InputItemInfo, pdu: string): InputItem {
  return { kind: 'outlier', roomId, roomVersion, pdu, origin }
}

function toInfo(result: InputResult | Error): InputResultInfo {
  if (result instanceof Error) {
    const reason = { check: 'failed', rule: 'failed', reason: `it may be tried again: ${result.message}` }
    return { kind: 'failed', reason }
  }
  const { kind, eventId } = result
  const why = 'reason' in result ? result.reason : undefined
  return {
    kind,
    ...(eventId === undefined ? {} : { eventId }),
    ...(why === undefined
      ? {}
      : {
          reason: {
            check: why.check,
            rule: why.rule,
            reason: why.reason,
            ...(why.decidedBy === undefined ? {} : { decidedBy: why.decidedBy }),
          },
        }),
    ...('waitsFor' in result ? { waitsFor: [...result.waitsFor] } : {}),
  }
}
