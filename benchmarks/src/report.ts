/**
 * Prints figures: as a table for people, or as JSON.
 */
import { arch, cpus, platform } from 'node:os'
import { type Benchmark, type Figure, judgementOf } from './figure.ts'
import { rounds } from './measure.ts'

export interface Result {
  readonly benchmark: Benchmark
  readonly figures: readonly Figure[]
}

const headings = ['', 'median', 'min .. max', 'wall', 'limit', ''] as const

export function machine(): string {
  const [cpu] = cpus()
  return `Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} × ${cpu?.model ?? 'unknown CPU'}`
}

export function asText({ benchmark, figures }: Result): string {
  const rows = [headings, ...figures.map(rowOf)]
  const widths = headings.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row => {
    const cells = row.map((cell, column) =>
      column === 0 || column === row.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    return `  ${cells.join('  ')}`.trimEnd()
  })
  return [`${benchmark.name}: ${benchmark.measures}`, ...lines, ''].join('\n')
}

function rowOf(figure: Figure): string[] {
  const { name, unit, value, wall, must, aim } = figure
  const sign = figure.moreIsBetter ? '≥' : '≤'
  const limits = [must === undefined ? '' : `must ${sign} ${must}`, aim === undefined ? '' : `aim ${sign} ${aim}`]
  return [
    name,
    `${short(value.median)} ${unit}`,
    `${short(value.min)} .. ${short(value.max)}`,
    wall === undefined ? '' : short(wall),
    limits.filter(limit => limit !== '').join(', '),
    judgementOf(figure) ?? '',
  ]
}

/** Three digits that count. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

export function asJson(results: readonly Result[]): string {
  const benchmarks = results.map(({ benchmark, figures }) => ({
    name: benchmark.name,
    measures: benchmark.measures,
    figures: figures.map(figure => ({ ...figure, judgement: judgementOf(figure) ?? null })),
  }))
  return JSON.stringify({ machine: machine(), rounds, benchmarks }, undefined, 2)
}
