/**
 * Positions of the output log as callers see them: opaque texts that sort nowhere but here. Empty is the beginning.
 */
import { RoomServerError } from '../api/index.ts'

export function positionText(position: number): string {
  return String(position)
}

/** @throws {RoomServerError} `M_INVALID_PARAM` where it is no position */
export function positionNumber(text: string): number {
  if (text === '') return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(text)} is no position in the output log`)
}
