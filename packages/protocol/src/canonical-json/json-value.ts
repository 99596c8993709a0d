/**
 * JSON as this library holds it in memory: what `parseJson` returns and `canonicalJson` writes.
 */

/** Any JSON. Integers beyond ±(2^53 - 1) are bigints; both they and `RawNumber` come from lenient parsing only. */
export type JsonValue = null | boolean | string | number | bigint | RawNumber | readonly JsonValue[] | JsonObject

/**
 * A JSON object. Those made by `parseJson` inherit nothing: a key that was not in the text is `undefined`, even when it
 * is called `constructor` or `__proto__`. Members that are `undefined` are not written.
 */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/**
 * A number that is not an exactly representable integer, kept as it was written: `1.0` and `1` hash differently, so
 * events of room versions 1 to 5 must go out with the digits they came in with.
 */
export class RawNumber {
  readonly source: string

  /** @param source the number as it stands in the JSON text */
  constructor(source: string) {
    this.source = source
  }
}

/** Whether `value` is a JSON object: no array, no null, no `RawNumber`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RawNumber)
}
