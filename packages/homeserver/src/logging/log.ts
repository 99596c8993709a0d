/**
 * The log: pino, as lines for people or as JSON, on standard error. What is about a room or an event says so in fields of that name.
 */
import { type Logger, pino } from 'pino'
import { build as pretty } from 'pino-pretty'
import type { Configuration } from '../config/index.ts'

export type Log = Logger

/** @param destination where lines go; standard error if absent */
export function createLog({ level, format }: Configuration['log'], destination?: NodeJS.WritableStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (format === 'json') return pino(options, destination ?? pino.destination({ dest: 2, sync: true }))
  const stream = pretty({
    colorize: destination === undefined && process.stderr.isTTY,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    sync: true,
    destination: destination ?? 2,
  })
  return pino(options, stream)
}
