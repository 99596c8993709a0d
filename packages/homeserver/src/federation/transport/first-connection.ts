/**
 * The first connection that stands, of several addresses of one host. Each next one is tried when the one before has failed or has
 * taken a moment, so that an address that swallows packets costs a moment and not the time limit. RFC 8305, "Happy Eyeballs".
 */
import { isIPv6 } from 'node:net'
import type { Timer, Timers } from '@neurite/roomserver/runtime'
import type { Connection } from '../../runtime/network.ts'

/** RFC 8305, section 8. Milliseconds. */
const attemptDelay = 250
/** Addresses tried of one host. */
const maxAddresses = 8

/** IPv6 and IPv4 in turn, IPv6 first: where one of them does not work here, the other is not kept waiting. */
export function inTurn(addresses: readonly string[]): string[] {
  const sixes = addresses.filter(isIPv6)
  const fours = addresses.filter(address => !isIPv6(address))
  const mixed: string[] = []
  for (let at = 0; at < Math.max(sixes.length, fours.length); at++)
    mixed.push(...sixes.slice(at, at + 1), ...fours.slice(at, at + 1))
  return mixed.slice(0, maxAddresses)
}

/**
 * @param addresses at least one
 * @returns an open connection; the others are ended
 * @throws the last failure where all have failed; the signal's reason
 */
export function firstConnection(
  addresses: readonly string[],
  dial: (address: string) => Connection,
  timers: Timers,
  signal: AbortSignal,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const open = new Set<Connection>()
    let next = 0
    let timer: Timer | undefined
    const end = (winner?: Connection) => {
      timer?.cancel()
      signal.removeEventListener('abort', aborted)
      for (const connection of open) if (connection !== winner) connection.destroy()
      open.clear()
      next = addresses.length
    }
    const aborted = () => {
      end()
      reject(signal.reason)
    }
    const tryNext = () => {
      timer?.cancel()
      const address = addresses[next++]
      if (address === undefined) return
      const connection = dial(address)
      open.add(connection)
      connection.once('connect', () => {
        if (!open.has(connection)) return
        end(connection)
        resolve(connection)
      })
      const failed = (error: Error) => {
        connection.destroy()
        if (!open.delete(connection)) return
        if (next < addresses.length) tryNext()
        else if (open.size === 0) {
          end()
          reject(error)
        }
      }
      // Stays on: a connection that was given up may fail later, and nobody else listens.
      connection.on('error', failed)
      if (next < addresses.length) timer = timers.setTimer(attemptDelay, tryNext)
    }
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    tryNext()
  })
}
