/** Events in requests and answers: as JSON text on the way in, since numbers must keep all their digits; as JSON on the way out. */
import {
  canonicalJson,
  JsonError,
  type JsonObject,
  type JsonValue,
  parseJson,
  type ServerName,
} from '@neurite/protocol'
import { Type } from 'typebox'
import { MalformedAnswer, type TakeElement } from '../transport/index.ts'

/** Any JSON object, as `parseJson` reads it. */
export const jsonObject = Type.Unsafe<JsonObject>(Type.Object({}))
/** Any JSON, as `parseJson` reads it. */
export const anyJson = Type.Unsafe<JsonValue>(Type.Unknown())

/** The body of a request. Members that are undefined are left out. */
export function bodyOf(body: JsonObject): string {
  return canonicalJson(body)
}

/** Lists that fill up while an answer comes in. */
export class Collected<Name extends string> {
  readonly #lists = new Map<string, string[]>()

  /** Takes JSON text as it is. */
  readonly takeText: TakeElement = (list, element) => this.#list(list).push(element)
  /** Takes what JSON strings say. */
  readonly takeString: TakeElement = (list, element) => this.#list(list).push(JSON.parse(element) as string)

  get(list: Name): readonly string[] {
    return this.#list(list)
  }

  #list(name: string): string[] {
    let list = this.#lists.get(name)
    if (list === undefined) {
      list = []
      this.#lists.set(name, list)
    }
    return list
  }
}

/** The text of a kept value that must be an object; undefined where it is absent or null. */
export function objectText(
  values: ReadonlyMap<string, string>,
  key: string,
  server: ServerName,
  endpoint: string,
): string | undefined {
  const text = values.get(key)
  if (text === undefined || text === 'null') return undefined
  if (text.startsWith('{')) return text
  throw new MalformedAnswer(server, endpoint, `${key} is no object`)
}

/** A kept value, read; null where it is absent. @throws {MalformedAnswer} where it is no JSON */
export function keptValue(
  values: ReadonlyMap<string, string>,
  key: string,
  server: ServerName,
  endpoint: string,
): JsonValue {
  try {
    return parseJson(values.get(key) ?? 'null', { mode: 'lenient' })
  } catch (cause) {
    if (cause instanceof JsonError) throw new MalformedAnswer(server, endpoint, `${key}: ${cause.message}`, { cause })
    throw cause
  }
}
