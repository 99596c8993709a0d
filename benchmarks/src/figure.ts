/**
 * Figures: what a benchmark finds out, and whether that is good enough.
 */
import { type Spread, spreadOf, type Times } from './measure.ts'

export interface Figure {
  readonly name: string
  readonly unit: Unit
  readonly value: Spread
  /** Median of the wall time beside it, in the same unit. */
  readonly wall?: number
  /** The most that is allowed. */
  readonly must?: number
  /** The most that is wished for. */
  readonly aim?: number
  /** The limits are the least that is allowed and wished for: more is better. */
  readonly moreIsBetter?: true
}

/** CPU time of one operation; `×`: how many times that of something else; bytes. */
export type Unit = 'µs' | 'ms' | 's' | '×' | 'B' | 'MB'

export type Judgement = 'ok' | 'MISSED' | 'aim missed' | undefined

/** One benchmark: a file that measures a few figures in one run. */
export interface Benchmark {
  /** As given on the command line; beginning with the part of the project that it measures. */
  readonly name: string
  /** What it measures, in a line. */
  readonly measures: string
  /** Takes more than a minute: runs only when it is named. */
  readonly takesLong?: true
  readonly run: () => readonly Figure[] | Promise<readonly Figure[]>
}

/** Something that was found out once: a size, a count. */
export function plainFigure(
  name: string,
  unit: Unit,
  value: number | readonly number[],
  limits: Pick<Figure, 'wall' | 'must' | 'aim' | 'moreIsBetter'> = {},
): Figure {
  return { name, unit, value: spreadOf(typeof value === 'number' ? [value] : value), ...limits }
}

/** The CPU time of an operation. */
export function timeFigure(
  name: string,
  unit: 'µs' | 'ms',
  times: Times,
  limits: Pick<Figure, 'must' | 'aim'> = {},
): Figure {
  const scale = unit === 'µs' ? 1000 : 1
  const value = spreadOf(times.cpu.map(milliseconds => milliseconds * scale))
  return { name, unit, value, wall: spreadOf(times.wall).median * scale, ...limits }
}

/** Whether a figure keeps its limits; undefined where it has none. Judged by the median. */
export function judgementOf({ value, must, aim, moreIsBetter }: Figure): Judgement {
  const keeps = (limit: number) => (moreIsBetter ? value.median >= limit : value.median <= limit)
  if (must !== undefined && !keeps(must)) return 'MISSED'
  if (aim !== undefined && !keeps(aim)) return 'aim missed'
  return must === undefined && aim === undefined ? undefined : 'ok'
}
