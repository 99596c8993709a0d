/**
 * Sizes and times as people write them.
 */
const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1_000,
  KiB: 1_024,
  MB: 1_000 ** 2,
  MiB: 1_024 ** 2,
  GB: 1_000 ** 3,
  GiB: 1_024 ** 3,
}
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** @param text as the schema allows it: `256 MiB`, `1000` */
export function bytesOf(text: string): number {
  return amountOf(text, byteUnits, 'B')
}

/** @param text as the schema allows it: `10 s`. @returns milliseconds */
export function millisecondsOf(text: string): number {
  return amountOf(text, timeUnits, 'ms')
}

function amountOf(text: string, units: Readonly<Record<string, number>>, plain: string): number {
  const [, number, unit = plain] = /^([0-9]+) ?([A-Za-z]*)$/.exec(text) ?? []
  const factor = units[unit === '' ? plain : unit]
  if (number === undefined || factor === undefined) throw new RangeError(`${text} is no amount`)
  return Number(number) * factor
}
